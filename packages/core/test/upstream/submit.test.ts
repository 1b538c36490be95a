import { describe, expect, test } from "vitest";
import { clientOf, failureOf, KEY, REQUEST, SHORT_MS, SUBMIT } from "./fixtures.ts";
import {
  answer,
  cutBeforeHeaders,
  cutInBody,
  type Reply,
  refusedUrl,
  scriptedServer,
  silent,
  stuckInBody,
} from "./scripted-server.ts";

const ID = "99yQK3XQ6vTZyO9_kHzfS";

describe("what a submit sends", () => {
  test("one POST with the key, the client request id and the canonical body", async () => {
    await using server = await scriptedServer(answer(201, { id: ID, status: "queued" }));
    const { client } = clientOf(server.url);
    const generation = await client.submit({ ...REQUEST, model: "veo-3.1-lite-generate-001" }, SUBMIT);
    expect(generation).toEqual({ id: ID, status: "queued", url: null, error: null, usage: null });
    expect(server.seen).toHaveLength(1);
    const [sent] = server.seen;
    expect(sent).toMatchObject({ method: "POST", path: "/v2/video/generations" });
    expect(sent?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      "x-client-request-id": SUBMIT.clientRequestId,
      "content-type": "application/json",
      "user-agent": "reelwire",
      // Known beforehand and not chunked, which not every server takes.
      "content-length": String(sent?.body.length),
    });
    expect(JSON.parse(sent?.body ?? "")).toEqual({
      model: "google/veo-3.1-lite-generate-001",
      prompt: "A paper boat",
      resolution: "720P",
      duration: 8,
      generate_audio: true,
      person_generation: "allow_adult",
    });
  });

  test.each(["", "/", "/proxy", "/proxy/"])("a base URL that ends in %j", async (path) => {
    await using server = await scriptedServer(answer(200, { id: ID, status: "queued" }));
    await clientOf(server.url + path).client.submit(REQUEST, SUBMIT);
    expect(server.seen[0]?.path).toBe(`${path.replace(/\/$/, "")}/v2/video/generations`);
  });

  test.each(["", "a b", "ä", "x".repeat(129), "a\nb"])(
    "not with the client request id %j (invariant 3)",
    async (id) => {
      await using server = await scriptedServer(answer(200, { id: ID }));
      const error = await failureOf(clientOf(server.url).client.submit(REQUEST, { clientRequestId: id }));
      expect(error).toMatchObject({ code: "INPUT_REJECTED", outcome: "not_accepted", httpStatus: null });
      expect(server.seen).toEqual([]);
    },
  );
});

describe("invariant 2: sent once, and what became of it is told", () => {
  const cases: [what: string, reply: Reply, code: string, outcome: string, retryable: boolean][] = [
    ["400", answer(400, {}), "INPUT_REJECTED", "not_accepted", false],
    ["401", answer(401, {}), "KEY_REJECTED", "not_accepted", false],
    ["402", answer(402, {}), "FORBIDDEN", "not_accepted", false],
    ["403", answer(403, {}), "FORBIDDEN", "not_accepted", false],
    ["404", answer(404, {}), "NOT_FOUND", "not_accepted", false],
    ["408", answer(408, {}), "TIMED_OUT", "not_accepted", true],
    ["410", answer(410, {}), "NOT_FOUND", "not_accepted", false],
    ["413", answer(413, {}), "INPUT_REJECTED", "not_accepted", false],
    ["422", answer(422, {}), "INPUT_REJECTED", "not_accepted", false],
    ["429", answer(429, {}), "RATE_LIMITED", "not_accepted", true],
    ["500", answer(500, {}), "UPSTREAM_FAILED", "unknown", false],
    ["502", answer(502, "<html>Bad gateway</html>"), "UPSTREAM_FAILED", "unknown", false],
    ["503", answer(503, {}), "UPSTREAM_FAILED", "unknown", false],
    ["504", answer(504, {}), "UPSTREAM_FAILED", "unknown", false],
    ["304", answer(304, ""), "BAD_ANSWER", "unknown", false],
    ["an answer cut before its headers", cutBeforeHeaders, "CONNECTION_LOST", "unknown", false],
    ["a 400 cut in its body", cutInBody(400), "INPUT_REJECTED", "not_accepted", false],
    ["a 502 cut in its body", cutInBody(502), "UPSTREAM_FAILED", "unknown", false],
    ["a 200 cut in its body", cutInBody(200), "CONNECTION_LOST", "accepted", false],
    ["a 200 with damaged JSON", answer(200, '{"id":'), "BAD_ANSWER", "accepted", false],
    ["a 200 without an id", answer(200, { status: "queued" }), "BAD_ANSWER", "accepted", false],
    ["a 200 that is a list", answer(200, []), "BAD_ANSWER", "accepted", false],
    ["a 204", answer(204, ""), "BAD_ANSWER", "accepted", false],
  ];
  test.each(cases)("%s", async (_, reply, code, outcome, retryable) => {
    await using server = await scriptedServer(reply);
    const { client, waits } = clientOf(server.url, { retries: 5 });
    const error = await failureOf(client.submit(REQUEST, SUBMIT));
    expect(error).toMatchObject({ code, outcome, retryable });
    expect(server.seen).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test("a refused connection", async () => {
    const { client } = clientOf(await refusedUrl());
    const error = await failureOf(client.submit(REQUEST, SUBMIT));
    expect(error).toMatchObject({ code: "UNREACHABLE", outcome: "not_accepted", retryable: true, httpStatus: null });
  });

  test("a refused connection on every address of a name", async () => {
    const { client } = clientOf((await refusedUrl()).replace("127.0.0.1", "localhost"));
    const error = await failureOf(client.submit(REQUEST, SUBMIT));
    expect(error).toMatchObject({ code: "UNREACHABLE", outcome: "not_accepted" });
  });

  test("no answer in time", async () => {
    await using server = await scriptedServer(silent);
    const { client } = clientOf(server.url, { submitTimeoutMs: SHORT_MS });
    const error = await failureOf(client.submit(REQUEST, SUBMIT));
    expect(error).toMatchObject({ code: "TIMED_OUT", outcome: "unknown", retryable: false });
    expect(server.seen).toHaveLength(1);
  });

  test("half an answer in time", async () => {
    await using server = await scriptedServer(stuckInBody(200));
    const { client } = clientOf(server.url, { submitTimeoutMs: SHORT_MS });
    const error = await failureOf(client.submit(REQUEST, SUBMIT));
    expect(error).toMatchObject({ code: "TIMED_OUT", outcome: "accepted", retryable: false, httpStatus: 200 });
  });

  test("aborted before it was sent", async () => {
    await using server = await scriptedServer(silent);
    const error = await failureOf(
      clientOf(server.url).client.submit(REQUEST, { ...SUBMIT, signal: AbortSignal.abort() }),
    );
    expect(error).toMatchObject({ code: "ABORTED", outcome: "not_accepted", retryable: true });
    expect(server.seen).toEqual([]);
  });

  test("aborted under way, which ends no other call", async () => {
    await using server = await scriptedServer(silent, answer(200, { id: ID, status: "queued" }));
    const { client } = clientOf(server.url);
    const abort = new AbortController();
    const arrived = server.nextRequest();
    const failure = failureOf(client.submit(REQUEST, { ...SUBMIT, signal: abort.signal }));
    await arrived;
    const other = client.submit(REQUEST, SUBMIT);
    abort.abort(new Error("shutting down"));
    expect(await failure).toMatchObject({ code: "ABORTED", outcome: "unknown", retryable: false });
    expect(await other).toMatchObject({ id: ID });
  });

  test("a kept connection that the server closed meanwhile", async () => {
    await using server = await scriptedServer(answer(200, { id: ID, status: "queued" }), cutBeforeHeaders);
    const { client } = clientOf(server.url);
    await client.submit(REQUEST, SUBMIT);
    expect(await failureOf(client.submit(REQUEST, SUBMIT))).toMatchObject({ outcome: "unknown" });
    expect(server.seen).toHaveLength(2);
  });
});

describe("an accepted submit whose body is lost, with its id in x-inference-id (assumption A3)", () => {
  const headers = { "x-inference-id": ID };
  const cases: [what: string, reply: Reply][] = [
    ["cut off", cutInBody(200, headers)],
    ["stuck", stuckInBody(201, headers)],
    ["damaged", answer(200, "<html>", headers)],
    ["empty", answer(200, "", headers)],
    ["null", answer(200, "null", headers)],
  ];
  test.each(cases)("%s", async (_, reply) => {
    await using server = await scriptedServer(reply);
    const { client } = clientOf(server.url, { submitTimeoutMs: SHORT_MS });
    const generation = await client.submit(REQUEST, SUBMIT);
    expect(generation).toEqual({ id: ID, status: "unknown", url: null, error: null, usage: null });
    expect(server.seen).toHaveLength(1);
  });

  test("only the id is missing", async () => {
    await using server = await scriptedServer(answer(200, { status: "generating" }, headers));
    const generation = await clientOf(server.url).client.submit(REQUEST, SUBMIT);
    expect(generation).toMatchObject({ id: ID, status: "generating" });
  });

  test("not of an error answer", async () => {
    await using server = await scriptedServer(answer(502, "", headers));
    expect(await failureOf(clientOf(server.url).client.submit(REQUEST, SUBMIT))).toMatchObject({ outcome: "unknown" });
  });
});
