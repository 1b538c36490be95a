import { describe, expect, test } from "vitest";
import { ApiError } from "../src/api-error.ts";
import { parseNewAccessToken } from "../src/new-access-token.ts";
import { parseNewApiKey } from "../src/new-api-key.ts";
import { newVideoId } from "../src/video-id.ts";

/** Where the problems are that an input is refused for, in order. */
function problems(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "BAD_INPUT") throw error;
    return error.issues.map(({ path }) => path.join("."));
  }
}

describe("what an access token is made of", () => {
  const token = { subject: "ada", scopes: ["videos:read"], videoIds: null, expiresInSeconds: 600 };

  test("it comes back, and what is said twice once", () => {
    const id = newVideoId();
    const input = { ...token, scopes: ["videos:read", "videos:create", "videos:read"], videoIds: [id, id] };
    expect(parseNewAccessToken(input)).toEqual({ ...token, scopes: ["videos:read", "videos:create"], videoIds: [id] });
    expect(parseNewAccessToken({ ...token, subject: null, videoIds: [id] })).toMatchObject({ subject: null });
  });

  test("every problem is told at once, those between fields too", () => {
    expect(problems(() => parseNewAccessToken({}))).toEqual(["subject", "scopes", "videoIds", "expiresInSeconds"]);
    const input = { subject: null, scopes: ["admin", "videos:create"], videoIds: null, expiresInSeconds: "long" };
    expect(problems(() => parseNewAccessToken(input))).toEqual(["scopes.0", "expiresInSeconds", "subject", "subject"]);
    expect(problems(() => parseNewAccessToken({ ...token, admin: true }))).toEqual([""]);
    expect(problems(() => parseNewAccessToken(null))).toEqual([""]);
  });
});

describe("what an API key is made of", () => {
  const key = { project: "acme", name: "server", scopes: ["admin"], expiresAt: null, createdBy: null };

  test.each(["a", "0", "a-", "my-project-2", "x".repeat(64)])("a project may be called %s", (project) => {
    expect(parseNewApiKey({ ...key, project }).project).toBe(project);
  });

  test.each(["", "-a", "A", "a b", "a_b", "é", "x".repeat(65), "a\n", null])("and not %j", (project) => {
    expect(problems(() => parseNewApiKey({ ...key, project }))).toEqual(["project"]);
  });

  test("every problem is told at once", () => {
    expect(problems(() => parseNewApiKey({}))).toEqual(["project", "name", "scopes", "expiresAt", "createdBy"]);
    const input = { project: "", name: "x".repeat(101), scopes: ["all"], expiresAt: new Date(0), createdBy: "me" };
    expect(problems(() => parseNewApiKey(input))).toEqual(["project", "name", "scopes.0", "expiresAt", "createdBy"]);
    expect(problems(() => parseNewApiKey({ ...key, name: "a\0" }))).toEqual(["name"]);
    expect(problems(() => parseNewApiKey({ ...key, expiresAt: new Date(Number.NaN) }))).toEqual(["expiresAt"]);
  });
});
