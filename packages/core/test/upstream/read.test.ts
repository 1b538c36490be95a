import { describe, expect, test } from "vitest";
import { waitByTimer } from "../../src/upstream/call.ts";
import { clientOf, failureOf, SHORT_MS } from "./fixtures.ts";
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
const done = answer(200, { id: ID, status: "completed", video: { url: "https://cdn.example.com/a.mp4" } });

test("status asks for the generation by its id, whatever is in it", async () => {
  await using server = await scriptedServer(done);
  await clientOf(server.url).client.status("a/b?c=d&e f");
  expect(server.seen[0]).toMatchObject({ method: "GET", query: { generation_id: "a/b?c=d&e f" } });
});

test("status keeps the id that was asked for", async () => {
  await using server = await scriptedServer(answer(200, { id: "other spelling", status: "generating" }));
  expect(await clientOf(server.url).client.status(ID)).toMatchObject({ id: ID, status: "generating" });
});

test("balance in US dollars, as a number or as text", async () => {
  await using server = await scriptedServer(
    answer(200, { current_balance: 12.5, currency: "USD" }),
    answer(200, { current_balance: "0.25" }),
  );
  const { client } = clientOf(server.url);
  expect(await client.balance()).toEqual({ usd: 12.5 });
  expect(await client.balance()).toEqual({ usd: 0.25 });
  expect(server.seen[0]?.path).toBe("/v2/billing");
});

describe("what passes is tried again", () => {
  const passing: [what: string, reply: Reply, code: string][] = [
    ["408", answer(408, {}), "TIMED_OUT"],
    ["429", answer(429, {}), "RATE_LIMITED"],
    ["500", answer(500, {}), "UPSTREAM_FAILED"],
    ["502", answer(502, "<html>"), "UPSTREAM_FAILED"],
    ["503", answer(503, {}), "UPSTREAM_FAILED"],
    ["504", answer(504, {}), "UPSTREAM_FAILED"],
    ["a cut before the headers", cutBeforeHeaders, "CONNECTION_LOST"],
    ["a cut in the body", cutInBody(200), "CONNECTION_LOST"],
    ["a stuck body", stuckInBody(200), "TIMED_OUT"],
    ["no answer", silent, "TIMED_OUT"],
    ["damaged JSON", answer(200, "{"), "BAD_ANSWER"],
    ["a list", answer(200, []), "BAD_ANSWER"],
  ];
  const timeoutFor = (code: string) => (code === "TIMED_OUT" ? SHORT_MS : undefined);

  test.each(passing)("%s, then well", async (_, reply, code) => {
    await using server = await scriptedServer(reply, done);
    const { client, waits } = clientOf(server.url, { timeoutMs: timeoutFor(code) });
    expect(await client.status(ID)).toMatchObject({ status: "completed" });
    expect(waits).toHaveLength(1);
  });

  test.each(passing)("%s, for ever", async (_, reply, code) => {
    await using server = await scriptedServer(reply);
    const { client, waits } = clientOf(server.url, { timeoutMs: timeoutFor(code), retries: 1 });
    const error = await failureOf(client.status(ID));
    expect(error).toMatchObject({ code, retryable: true, outcome: "not_accepted" });
    expect(server.seen).toHaveLength(2);
    expect(waits).toHaveLength(1);
  });

  test("a refused connection", async () => {
    const { client, waits } = clientOf(await refusedUrl());
    expect(await failureOf(client.balance())).toMatchObject({ code: "UNREACHABLE", retryable: true });
    expect(waits).toHaveLength(2);
  });
});

describe("what does not pass is told at once", () => {
  const lasting: [status: number, code: string][] = [
    [304, "BAD_ANSWER"],
    [400, "INPUT_REJECTED"],
    [401, "KEY_REJECTED"],
    [403, "FORBIDDEN"],
    [404, "NOT_FOUND"],
    [418, "INPUT_REJECTED"],
  ];
  test.each(lasting)("%i is %s", async (status, code) => {
    await using server = await scriptedServer(answer(status, ""));
    const error = await failureOf(clientOf(server.url).client.status(ID));
    expect(error).toMatchObject({ code, httpStatus: status, retryable: false, outcome: "not_accepted" });
    expect(server.seen).toHaveLength(1);
  });
});

describe("the waits between tries", () => {
  test("double, less up to half", async () => {
    await using server = await scriptedServer(answer(503, {}));
    const { client, waits } = clientOf(server.url, { retries: 4, retryDelayMs: 100 });
    await failureOf(client.balance());
    expect(waits).toHaveLength(4);
    for (const [retry, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(50 * 2 ** retry);
      expect(wait).toBeLessThanOrEqual(100 * 2 ** retry);
    }
  });

  test("Retry-After in seconds is honoured", async () => {
    await using server = await scriptedServer(answer(429, {}, { "retry-after": "7" }), done);
    const { client, waits } = clientOf(server.url, { retryDelayMs: 100 });
    await client.status(ID);
    expect(waits[0]).toBeGreaterThanOrEqual(7_000);
    expect(waits[0]).toBeLessThanOrEqual(7_100);
  });

  test("Retry-After as a date is read by the upstream's clock", async () => {
    const headers = { "retry-after": "Tue, 03 Mar 2020 10:00:09 GMT", date: "Tue, 03 Mar 2020 10:00:05 GMT" };
    await using server = await scriptedServer(answer(503, {}, headers));
    expect(await failureOf(clientOf(server.url, { retries: 0 }).client.status(ID))).toMatchObject({
      retryAfterMs: 4_000,
    });
  });

  test.each([
    ["soon", null],
    ["", null],
    ["-5", 0],
    ["Tue, 03 Mar 2020 10:00:00 GMT", 0],
    ["999999999", 600_000],
  ])("Retry-After: %s is %s ms", async (value, retryAfterMs) => {
    await using server = await scriptedServer(answer(429, {}, { "retry-after": value }));
    expect(await failureOf(clientOf(server.url, { retries: 0 }).client.status(ID))).toMatchObject({ retryAfterMs });
  });

  test("a Retry-After beyond the budget is left to the caller", async () => {
    await using server = await scriptedServer(answer(429, {}, { "retry-after": "30" }));
    const { client, waits } = clientOf(server.url);
    expect(await failureOf(client.status(ID))).toMatchObject({ code: "RATE_LIMITED", retryAfterMs: 30_000 });
    expect(waits).toEqual([]);
    expect(server.seen).toHaveLength(1);
  });

  test("the total time is limited", async () => {
    await using server = await scriptedServer(answer(503, {}));
    const { client, waits } = clientOf(server.url, { retryDelayMs: 100, retryBudgetMs: 40 });
    expect(await failureOf(client.status(ID))).toMatchObject({ code: "UPSTREAM_FAILED" });
    expect(waits).toEqual([]);
  });

  test("an aborted call is not tried again", async () => {
    await using server = await scriptedServer(silent);
    const abort = new AbortController();
    const { client, waits } = clientOf(server.url);
    const arrived = server.nextRequest();
    const failure = failureOf(client.status(ID, { signal: abort.signal }));
    await arrived;
    abort.abort();
    expect(await failure).toMatchObject({ code: "ABORTED", outcome: "not_accepted" });
    expect(waits).toEqual([]);
    expect(server.seen).toHaveLength(1);
  });

  test("an abort ends a wait", async () => {
    await using server = await scriptedServer(answer(429, {}, { "retry-after": "15" }));
    const abort = new AbortController();
    const { client } = clientOf(server.url, {
      wait(ms, signal) {
        const waiting = waitByTimer(ms, signal);
        abort.abort();
        return waiting;
      },
    });
    const failure = failureOf(client.status(ID, { signal: abort.signal }));
    expect(await failure).toMatchObject({ code: "ABORTED", retryable: true, outcome: "not_accepted" });
    expect(server.seen).toHaveLength(1);
  });
});
