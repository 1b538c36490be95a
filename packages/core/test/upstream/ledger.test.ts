import { describe, expect, test } from "vitest";
import type { GenerationCharge } from "../../src/upstream/ledger.ts";
import { clientOf, failureOf, KEY } from "./fixtures.ts";
import { answer, type Reply, scriptedServer } from "./scripted-server.ts";

const since = new Date("2026-11-22T09:00:00Z");
const at = "2026-11-22T10:00:00.000Z";

const entry = (over: object = {}) => ({
  created_at: at,
  direction: "CHARGE",
  type: "MODEL_USAGE",
  amount: { usd: 0.52, credits: 1_040_000 },
  model: "google/veo-3.1-lite-generate-001",
  reference_id: "gen",
  ...over,
});

const charges = (count: number) => Array.from({ length: count }, (_, index) => entry({ reference_id: `gen-${index}` }));

/** A ledger of these entries, in pages as they are asked for; each cursor is the place to go on from. */
const ledger =
  (entries: readonly unknown[]): Reply =>
  (response, request) => {
    const from = Number(request.query.cursor ?? 0);
    const to = from + Number(request.query.limit);
    const hasMore = to < entries.length;
    const pagination = { next_cursor: hasMore ? String(to) : null, has_more: hasMore };
    answer(200, { data: entries.slice(from, to), pagination })(response, request);
  };

async function readAll(url: string, options: Parameters<typeof clientOf>[1] = {}): Promise<GenerationCharge[]> {
  const all = [];
  for await (const charge of clientOf(url, options).client.transactions({ since })) all.push(charge);
  return all;
}

async function read(...entries: unknown[]): Promise<GenerationCharge[]> {
  await using server = await scriptedServer(ledger(entries));
  return await readAll(server.url);
}

describe("what generations were charged", () => {
  test("with the key, from an hour before the time that was asked for", async () => {
    await using server = await scriptedServer(ledger([entry()]));
    expect(await readAll(server.url)).toEqual([{ generationId: "gen", usd: 0.52, at: new Date(at) }]);
    expect(server.seen[0]?.path).toMatch(/^\/v2\/billing\/transactions\?/);
    expect(server.seen[0]?.query).toEqual({ from: "2026-11-22T08:00:00.000Z", limit: "100" });
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  test("on every page, newest first", async () => {
    await using server = await scriptedServer(ledger(charges(250)));
    const read = await readAll(server.url);
    expect(read.map(({ generationId }) => generationId)).toEqual(charges(250).map((charge) => charge.reference_id));
    expect(server.seen.map(({ query }) => query.cursor)).toEqual([undefined, "100", "200"]);
  });

  test("no page is read before it is asked for", async () => {
    await using server = await scriptedServer(ledger(charges(250)));
    for await (const charge of clientOf(server.url).client.transactions({ since })) {
      expect(charge.generationId).toBe("gen-0");
      break;
    }
    expect(server.seen).toHaveLength(1);
  });

  test("what was given back is negative, as usage or as a refund", async () => {
    const back = [entry({ direction: "TOPUP" }), entry({ direction: "TOPUP", type: "REFUND" })];
    for (const entry of back)
      expect(await read(entry)).toEqual([{ generationId: "gen", usd: -0.52, at: new Date(at) }]);
    const refunded = await read(...back.slice(-1), entry());
    expect(refunded.map(({ usd }) => usd)).toEqual([-0.52, 0.52]);
  });

  test("an entry that is on two pages counts once, a second charge twice", async () => {
    const twice = entry({ reference_id: "gen-99", created_at: "2026-11-22T10:00:00.001Z" });
    const all = await read(...charges(100), ...charges(100).slice(-1), twice);
    expect(all).toHaveLength(101);
    expect(all.filter(({ generationId }) => generationId === "gen-99")).toHaveLength(2);
  });
});

describe("a ledger that is not as documented", () => {
  test.each<[what: string, amount: unknown, usd: number]>([
    ["credits alone", { credits: 1_040_000 }, 0.52],
    ["text", { usd: "0.52", credits: null }, 0.52],
    ["a sign of its own", { usd: -0.52, credits: -1_040_000 }, 0.52],
    ["dollars and credits that differ", { usd: 0.5, credits: 1 }, 0.5],
    ["nothing", { usd: 0, credits: 0 }, 0],
  ])("an amount of %s", async (_, amount, usd) => {
    expect(await read(entry({ amount }))).toEqual([{ generationId: "gen", usd, at: new Date(at) }]);
  });

  test("in small letters", async () => {
    expect(await read(entry({ direction: "charge", type: "model_usage" }))).toHaveLength(1);
  });

  test("entries of something else, or that make no sense, are left out", async () => {
    const odd = [
      null,
      "entry",
      {},
      entry({ type: "PAYMENT", direction: "TOPUP" }),
      entry({ type: "CREDITS_EXPIRED", reference_id: null }),
      entry({ reference_id: null }),
      entry({ reference_id: "" }),
      entry({ direction: "SIDEWAYS" }),
      entry({ amount: null }),
      entry({ amount: { usd: null } }),
      entry({ created_at: "yesterday" }),
    ];
    expect(await read(...odd, entry({ reference_id: "good" }))).toMatchObject([{ generationId: "good" }]);
  });

  test("an empty page may be followed by another", async () => {
    await using server = await scriptedServer(
      answer(200, { data: [], pagination: { next_cursor: "a", has_more: true } }),
      answer(200, { data: [entry()], pagination: { next_cursor: "b", has_more: false } }),
    );
    expect(await readAll(server.url)).toHaveLength(1);
    expect(server.seen).toHaveLength(2);
  });

  test("without pagination it is one page", async () => {
    await using server = await scriptedServer(answer(200, { data: [entry()] }));
    expect(await readAll(server.url)).toHaveLength(1);
  });

  test.each([
    ["no page at all", { entries: [] }],
    ["more, and not where", { data: [entry()], pagination: { next_cursor: null, has_more: true } }],
    ["the same place again", { data: [entry()], pagination: { next_cursor: "a", has_more: true } }],
  ])("%s is an error, and not an end", async (_, body) => {
    await using server = await scriptedServer(answer(200, body));
    expect(await failureOf(readAll(server.url, { retries: 0 }))).toMatchObject({ code: "BAD_ANSWER", retryable: true });
  });
});

describe("a page that fails", () => {
  test("is read again, and not the ones before", async () => {
    const entries = charges(150);
    await using server = await scriptedServer(ledger(entries), answer(503, {}), ledger(entries));
    expect(await readAll(server.url)).toHaveLength(150);
    expect(server.seen.map(({ query }) => query.cursor)).toEqual([undefined, "100", "100"]);
  });

  test("for its rate is waited for, again and again", async () => {
    const entries = charges(150);
    const refusals = Array.from({ length: 12 }, () => answer(429, {}));
    await using server = await scriptedServer(ledger(entries), ...refusals, ledger(entries));
    expect(await readAll(server.url)).toHaveLength(150);
    expect(server.seen.filter(({ query }) => query.cursor === undefined)).toHaveLength(1);
  });

  test("for the key is not", async () => {
    await using server = await scriptedServer(answer(401, {}));
    expect(await failureOf(readAll(server.url))).toMatchObject({ code: "KEY_REJECTED" });
    expect(server.seen).toHaveLength(1);
  });

  test("because it was aborted", async () => {
    await using server = await scriptedServer(ledger(charges(250)));
    const stop = new AbortController();
    const reading = clientOf(server.url).client.transactions({ since, signal: stop.signal });
    const failure = failureOf(
      (async () => {
        for await (const _ of reading) stop.abort();
      })(),
    );
    expect(await failure).toMatchObject({ code: "ABORTED" });
    expect(server.seen).toHaveLength(1);
  });
});
