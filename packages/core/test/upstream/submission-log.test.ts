import { describe, expect, test } from "vitest";
import { clientOf, failureOf } from "./fixtures.ts";
import { answer, type Reply, scriptedServer } from "./scripted-server.ts";

const since = new Date("2026-11-22T09:00:00Z");

const row = (id: string | null, status = "succeeded", inferenceId = `gen-${id}`) => ({
  created: "2026-11-22T09:00:01.000Z",
  status,
  origin: "api",
  model: "google/veo-3.1-lite-generate-001",
  cost: { usd: 0, credits: 0 },
  inference_id: inferenceId,
  client_request_id: id,
});

/** A log of these rows, in pages as they are asked for. */
const log =
  (rows: readonly unknown[], most = 100): Reply =>
  (response, request) => {
    const limit = Math.min(Number(request.query.limit), most);
    const offset = Number(request.query.offset);
    const data = rows.slice(offset, offset + limit);
    const pagination = { limit, offset, total: rows.length, has_more: offset + limit < rows.length };
    answer(200, { data, pagination })(response, request);
  };

const others = (count: number) => Array.from({ length: count }, (_, index) => row(`other-${index}`));

describe("invariant 3: a lost answer is looked for in the request log", () => {
  test("by X-Client-Request-Id, in a window around the submission, without naming the model", async () => {
    await using server = await scriptedServer(log([row("a.1")]));
    const found = await clientOf(server.url).client.findSubmission("a.1", { since });
    expect(found).toEqual({ generationId: "gen-a.1", status: "succeeded" });
    const query = server.seen[0]?.query;
    expect(server.seen[0]?.path).toMatch(/^\/v2\/logs\?/);
    expect(query).toMatchObject({ limit: "100", offset: "0", start: "2026-11-22T08:00:00.000Z" });
    expect(Date.parse(query?.end ?? "")).toBeGreaterThan(Date.now());
    expect(Object.keys(query ?? {}).sort()).toEqual(["end", "limit", "offset", "start"]);
  });

  test("the window is never longer than the upstream allows, and never backwards", async () => {
    await using server = await scriptedServer(log([]));
    const { client } = clientOf(server.url);
    const future = new Date(Date.now() + 24 * 3_600_000);
    for (const since of [new Date("2020-01-01"), future]) await client.findSubmission("a.1", { since });
    const windows = server.seen.map(({ query }) => Date.parse(query.end ?? "") - Date.parse(query.start ?? ""));
    for (const length of windows) {
      expect(length).toBeGreaterThan(0);
      expect(length).toBeLessThan(92 * 24 * 3_600_000);
    }
  });

  test("null while it is not there, and found once it is (assumption A2)", async () => {
    await using server = await scriptedServer(log([row("b.1")]), log([row("a.1"), row("b.1")]));
    const { client } = clientOf(server.url);
    expect(await client.findSubmission("a.1", { since })).toBeNull();
    expect(await client.findSubmission("a.1", { since })).toMatchObject({ generationId: "gen-a.1" });
  });

  test("on whichever page it is", async () => {
    await using server = await scriptedServer(log([...others(250), row("a.1")]));
    expect(await clientOf(server.url).client.findSubmission("a.1", { since })).not.toBeNull();
    expect(server.seen.map(({ query }) => query.offset)).toEqual(["0", "100", "200"]);
  });

  test("many in one paging, which ends once all are found", async () => {
    await using server = await scriptedServer(log([row("a.1"), ...others(120), row("b.1"), ...others(500)]));
    const found = await clientOf(server.url).client.findSubmissions(new Set(["a.1", "b.1"]), { since });
    expect([...found.keys()]).toEqual(["a.1", "b.1"]);
    expect(server.seen).toHaveLength(2);
  });

  test("none are looked for without a request", async () => {
    await using server = await scriptedServer(log([]));
    expect(await clientOf(server.url).client.findSubmissions(new Set(), { since })).toEqual(new Map());
    expect(server.seen).toEqual([]);
  });

  test("pages that are shorter than asked for", async () => {
    await using server = await scriptedServer(log([...others(70), row("a.1")], 30));
    expect(await clientOf(server.url).client.findSubmission("a.1", { since })).not.toBeNull();
    expect(server.seen.map(({ query }) => query.offset)).toEqual(["0", "30", "60"]);
  });
});

describe("invariant 2: a failed row is believed only where no row says otherwise", () => {
  test("it failed", async () => {
    await using server = await scriptedServer(log([row("a.1", "failed")]));
    expect(await clientOf(server.url).client.findSubmission("a.1", { since })).toMatchObject({ status: "failed" });
  });

  test.each([["failed", "succeeded"] as const, ["succeeded", "failed"] as const])(
    "%s and, pages later, %s",
    async (newer, older) => {
      await using server = await scriptedServer(
        log([row("a.1", newer, `gen-${newer}`), ...others(200), row("a.1", older, `gen-${older}`)]),
      );
      const found = await clientOf(server.url).client.findSubmission("a.1", { since });
      expect(found).toEqual({ status: "succeeded", generationId: "gen-succeeded" });
    },
  );
});

describe("a log that is not as documented", () => {
  test("rows that make no sense are left out", async () => {
    const odd = [
      null,
      "row",
      {},
      row("a.1", "pending"),
      { ...row("a.1"), inference_id: null },
      { ...row("a.1"), inference_id: "" },
      row(null),
    ];
    await using server = await scriptedServer(log([...odd, row("b.1", "SUCCEEDED")]));
    const found = await clientOf(server.url).client.findSubmissions(new Set(["a.1", "b.1"]), { since });
    expect([...found.keys()]).toEqual(["b.1"]);
  });

  test("without pagination it is read until a page is empty", async () => {
    await using server = await scriptedServer(
      answer(200, { data: others(100) }),
      answer(200, { data: [row("a.1", "failed")] }),
      answer(200, { data: [] }),
    );
    expect(await clientOf(server.url).client.findSubmission("a.1", { since })).not.toBeNull();
    expect(server.seen.map(({ query }) => query.offset)).toEqual(["0", "100", "101"]);
  });

  test("an empty page that claims more is the last", async () => {
    await using server = await scriptedServer(answer(200, { data: [], pagination: { has_more: true } }));
    expect(await clientOf(server.url).client.findSubmission("a.1", { since })).toBeNull();
    expect(server.seen).toHaveLength(1);
  });

  test("no page at all is an error, and not an absence", async () => {
    await using server = await scriptedServer(answer(200, { rows: [] }));
    const { client } = clientOf(server.url, { retries: 0 });
    expect(await failureOf(client.findSubmission("a.1", { since }))).toMatchObject({ code: "BAD_ANSWER" });
  });
});

test("a page that fails is read again, and not the ones before", async () => {
  const rows = [...others(150), row("a.1")];
  await using server = await scriptedServer(log(rows), answer(429, {}), log(rows));
  expect(await clientOf(server.url).client.findSubmission("a.1", { since })).not.toBeNull();
  expect(server.seen.map(({ query }) => query.offset)).toEqual(["0", "100", "100"]);
});

test("a page that is refused for its rate, again and again, is waited for, and those before it are not read again", async () => {
  const rows = [...others(150), row("a.1")];
  const refused = Array.from({ length: 20 }, () => answer(429, {}));
  await using server = await scriptedServer(log(rows), ...refused, log(rows));
  const { client, waits } = clientOf(server.url);
  expect(await client.findSubmission("a.1", { since })).not.toBeNull();
  expect(server.seen.map(({ query }) => query.offset)).toEqual(["0", ...refused.map(() => "100"), "100"]);
  // 20 refusals are six rounds of three tries, with a longer wait after each, and one of two.
  expect(waits.filter((ms) => ms >= 1_500)).toHaveLength(6);
});

test("a log that refuses for ever is an error in the end, and not an absence", async () => {
  await using server = await scriptedServer(answer(429, {}));
  const { client } = clientOf(server.url, { retries: 0 });
  expect(await failureOf(client.findSubmission("a.1", { since }))).toMatchObject({ code: "RATE_LIMITED" });
  expect(server.seen).toHaveLength(40);
});
