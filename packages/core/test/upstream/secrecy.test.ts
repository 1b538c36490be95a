import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createUpstreamClient } from "../../src/upstream/client.ts";
import { clientOf, failureOf, KEY, REQUEST, SUBMIT } from "./fixtures.ts";
import {
  answer,
  cutBeforeHeaders,
  cutInBody,
  type Reply,
  refusedUrl,
  scriptedServer,
  silent,
} from "./scripted-server.ts";

describe("invariant 10: the key goes to no other host", () => {
  test.each([301, 302, 303, 307, 308])("a %i is an error and is not followed", async (status) => {
    await using elsewhere = await scriptedServer(answer(200, { id: "x", status: "completed" }));
    await using server = await scriptedServer(
      answer(status, "", { location: `${elsewhere.url}/v2/video/generations` }),
    );
    const { client } = clientOf(server.url);
    expect(await failureOf(client.submit(REQUEST, SUBMIT))).toMatchObject({
      code: "BAD_ANSWER",
      httpStatus: status,
      outcome: "unknown",
      retryable: false,
    });
    expect(await failureOf(client.status("x"))).toMatchObject({ code: "BAD_ANSWER", httpStatus: status });
    expect(await failureOf(client.pricing("x"))).toMatchObject({ code: "BAD_ANSWER" });
    expect(server.seen).toHaveLength(3);
    expect(elsewhere.seen).toEqual([]);
  });

  test("a redirect to the same host is not followed either", async () => {
    await using server = await scriptedServer(answer(307, "", { location: "/again" }));
    await failureOf(clientOf(server.url).client.submit(REQUEST, SUBMIT));
    expect(server.seen).toHaveLength(1);
  });

  test("the catalogue is read without it", async () => {
    await using server = await scriptedServer(answer(200, { data: [] }));
    await clientOf(server.url).client.pricing("x");
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });
});

describe("invariant 10: the key is in no error", () => {
  const replies: [what: string, reply: Reply][] = [
    ["a message that quotes it", answer(401, { message: `Bad key ${KEY}` })],
    ["text that quotes it", answer(403, `Bad key ${KEY}`)],
    ["a message that quotes it escaped", answer(401, `{"message":"Bad key \\u0073${KEY.slice(1)}"}`)],
    ["a cut", cutBeforeHeaders],
    ["a cut body", cutInBody(200)],
    ["silence", silent],
    ["damaged JSON", answer(200, `${KEY}{`)],
  ];
  test.each(replies)("%s", async (_, reply) => {
    await using server = await scriptedServer(reply);
    const { client } = clientOf(server.url, { timeoutMs: 30, submitTimeoutMs: 30 });
    for (const call of [() => client.submit(REQUEST, SUBMIT), () => client.status("x")]) {
      const error = await failureOf(call());
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(KEY);
      expect(error.cause).toBeUndefined();
    }
  });

  test("a refused connection", async () => {
    const error = await failureOf(clientOf(await refusedUrl()).client.submit(REQUEST, SUBMIT));
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(KEY);
  });

  test("a failed generation that quotes it", async () => {
    const error = { name: "auth", message: `Provider refused ${KEY}` };
    await using server = await scriptedServer(answer(200, { id: "x", status: "error", error }));
    expect((await clientOf(server.url).client.status("x")).error).toEqual({
      name: "auth",
      message: "Provider refused [key]",
    });
  });

  test.each(["", `${KEY}\n`, `${KEY}\r\nx-y: z`, "schlüssel-größe", "a b"])("a key that is none: %j", (apiKey) => {
    const create = () => createUpstreamClient({ apiKey });
    expect(create).toThrow(TypeError);
    expect(create).not.toThrow(KEY);
  });
});

test.each(["", "api.example.com", "ftp://example.com", "https://u:p@example.com", "https://example.com?a=b"])(
  "not a base URL: %j",
  (baseUrl) => {
    expect(() => createUpstreamClient({ apiKey: KEY, baseUrl })).toThrow(TypeError);
  },
);
