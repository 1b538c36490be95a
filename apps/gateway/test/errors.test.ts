import { API_ERROR_CODES, ApiError } from "@reelwire/core";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { GRAPHQL_ERROR_CODES } from "../src/graphql/format-error.ts";
import { type StubServer, startStubServer } from "./stub-engine.ts";
import { postGraphql } from "./test-gateway.ts";

const SECRET = "connection string with a password";
const ID = "video_01kaqg3v7hf0ctq9x2d3s8g4rn";

async function* breaking(): AsyncGenerator<never, void, undefined> {
  yield* [];
  throw new TypeError(SECRET);
}

let server: StubServer;
beforeAll(async () => {
  server = await startStubServer({
    engine: {
      createVideo: () => Promise.reject(new ApiError("EXTERNAL_ID_TAKEN")),
      cancelVideo: () => Promise.reject(new ApiError("VIDEO_ALREADY_FINISHED")),
      video: () => Promise.reject(new TypeError(SECRET, { cause: new Error("deeper") })),
      watchVideo: (_viewer, id) => (id === ID ? Promise.resolve(breaking()) : Promise.reject(new TypeError(SECRET))),
      openFile: (key) =>
        Promise.reject(
          key === "a.mp4"
            ? new TypeError(SECRET)
            : new ApiError("FILE_UNAVAILABLE", undefined, [], { cause: new Error(SECRET) }),
        ),
      health: () => Promise.reject(new TypeError(SECRET)),
    },
  });
});
afterAll(() => server[Symbol.asyncDispose]());

/** The log lines of a request. */
const logged = (requestId: string) => server.logLines.filter((line) => line.includes(`"requestId":"${requestId}"`));

const masked = { message: API_ERROR_CODES.INTERNAL, extensions: { code: "INTERNAL", requestId: expect.any(String) } };

function expectLogged(requestId: string | undefined): void {
  const lines = logged(String(requestId)).filter((line) => line.includes(`"level":"error"`));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    err: { type: "TypeError", message: SECRET, stack: expect.any(String) },
  });
}

describe("what nobody foresaw is told as INTERNAL with a request id, and logged under it", () => {
  test("over HTTP", async () => {
    const { errors, headers } = await postGraphql(server.url, "query ($id: ID!) { video(id: $id) { id } }", { id: ID });
    expect(errors).toMatchObject([{ ...masked, path: ["video"] }]);
    expect(JSON.stringify(errors)).not.toContain(SECRET);
    expect(errors?.[0]?.extensions.requestId).toBe(headers.get("x-request-id"));
    expectLogged(errors?.[0]?.extensions.requestId);
  });

  test.each([
    ["a query on a websocket", "query ($id: ID!) { video(id: $id) { id } }", ID],
    ["a subscription that does not come about", "subscription ($id: ID!) { videoStatus(id: $id) { id } }", "another"],
    ["a stream that breaks", "subscription ($id: ID!) { videoStatus(id: $id) { id } }", ID],
  ])("%s", async (_what, query, id) => {
    const client = createClient({
      url: `${server.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    const result = client.iterate({ query, variables: { id } }).next();
    const errors = await result.then(
      ({ value }) => value?.errors,
      (thrown: unknown) => thrown,
    );
    expect(errors).toMatchObject([masked]);
    expect(JSON.stringify(errors)).not.toContain(SECRET);
    expectLogged((errors as (typeof masked)[])[0]?.extensions.requestId);
    await client.dispose();
  });

  test.each(["/files/a.mp4?signature=x", "/readyz"])("at %s", async (path) => {
    const response = await fetch(`${server.url}${path}`, { headers: { "x-request-id": `my-own-${path.length}` } });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toEqual({
      errors: [{ ...masked, extensions: { code: "INTERNAL", requestId: `my-own-${path.length}` } }],
    });
    expect(text).not.toContain(SECRET);
    expectLogged(`my-own-${path.length}`);
  });
});

describe("an error that is meant for the caller", () => {
  test("keeps its code and message, and its cause goes to the log alone", async () => {
    const response = await fetch(`${server.url}/files/b.mp4?signature=x`);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).not.toBeNull();
    expect(await response.json()).toEqual({
      errors: [{ message: API_ERROR_CODES.FILE_UNAVAILABLE, extensions: { code: "FILE_UNAVAILABLE" } }],
    });
    expect(server.logLines.some((line) => line.includes("FILE_UNAVAILABLE") && line.includes(SECRET))).toBe(true);
  });
});

describe("a request that is not GraphQL, or not served that way", () => {
  const json = { "content-type": "application/json" };
  const codeOf = async (response: Response) => {
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    return [response.status, errors[0]?.extensions.code];
  };

  test.each<[what: string, init: RequestInit, status: number, code: string]>([
    ["broken JSON", { method: "POST", headers: json, body: "{" }, 400, "BAD_REQUEST"],
    ["no query", { method: "POST", headers: json, body: "{}" }, 400, "BAD_REQUEST"],
    ["another media type", { method: "POST", headers: { "content-type": "text/csv" }, body: "a" }, 415, "BAD_REQUEST"],
    ["another method", { method: "PUT", headers: json, body: '{"query":"{__typename}"}' }, 405, "BAD_REQUEST"],
    [
      "a body of more than 32 MiB",
      { method: "POST", headers: json, body: " ".repeat(32 * 1024 * 1024 + 1) },
      413,
      "BAD_REQUEST",
    ],
    [
      "a subscription",
      { method: "POST", headers: json, body: '{"query":"subscription { videoActivity { id } }"}' },
      400,
      "BAD_REQUEST",
    ],
    [
      "no such operation",
      { method: "POST", headers: json, body: '{"query":"query a { __typename }","operationName":"b"}' },
      400,
      "OPERATION_RESOLUTION_FAILURE",
    ],
  ])("%s", async (_what, init, status, code) => {
    expect(await codeOf(await fetch(`${server.url}/graphql`, init))).toEqual([status, code]);
  });

  test("no error repeats an image that it was given", async () => {
    const image = `data:image/png;base64,${"iVBORw0KGgo".repeat(1_000)}`;
    for (const input of [
      { prompt: "x", durationSeconds: image },
      { prompt: "x", resolution: image },
      { [image]: "x" },
    ]) {
      const { errors } = await postGraphql(
        server.url,
        "mutation ($i: CreateVideoInput!) { createVideo(input: $i) { reused } }",
        { i: input },
      );
      expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
      expect(JSON.stringify(errors)).not.toContain("iVBORw0KGgo");
    }
  });
});

test("every code is in one of the two lists, and in only one", () => {
  const ours = Object.keys(API_ERROR_CODES);
  const graphqls = Object.keys(GRAPHQL_ERROR_CODES);
  expect(ours.filter((code) => graphqls.includes(code))).toEqual([]);
});
