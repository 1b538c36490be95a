import { parseCreateVideoInput, VEO_3_1_LITE } from "@reelwire/core";
import { createUpstreamClient } from "@reelwire/core/upstream";
import { type Emulator, startEmulator } from "@reelwire/emulator";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { silentLogger } from "../src/logger.ts";
import { createPriceList } from "../src/price-list.ts";
import { createUpstreamFetch } from "../src/upstream-fetch.ts";

const request = parseCreateVideoInput({ prompt: "a boat" }).request;
const large = parseCreateVideoInput({ prompt: "a boat", resolution: "P1080", durationSeconds: 4 }).request;

/** The emulator's catalogue, and a list of its prices that waits for them as long as it takes unless told otherwise. */
async function catalogue(waitMs = 60_000) {
  // The time of the prices, and nobody's timers.
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-22T10:00:00Z") });
  const emulator = await startEmulator({ clip: new Uint8Array(1), clock: "stepped" });
  const connections = createUpstreamFetch();
  const closing = new AbortController();
  const upstream = createUpstreamClient({
    apiKey: emulator.apiKey,
    baseUrl: emulator.url,
    retries: 0,
    fetch: connections.fetch,
  });
  const warnings: object[] = [];
  const log = { ...silentLogger, warn: (details: object) => warnings.push(details) };
  const prices = createPriceList(upstream, log, closing.signal, waitMs);
  onTestFinished(async () => {
    closing.abort();
    await connections.close();
    await emulator.close();
    vi.useRealTimers();
  });
  return { emulator, prices, warnings, closing };
}

const later = (ms: number) => vi.setSystemTime(Date.now() + ms);
const statuses = ({ requests }: Emulator) => requests.map(({ status }) => status);
const unknown = { usd: null, kind: "UNKNOWN", rate: null, units: null, asOf: null };

describe("a quote", () => {
  test("waits for a price that is not known yet", async () => {
    const { emulator, prices } = await catalogue();
    const asOf = new Date();
    expect(await prices.quote(request)).toEqual({
      usd: 0.52,
      kind: "VARIANTS",
      rate: { price: 0.065, unit: "second", per: 1 },
      units: 8,
      asOf,
    });
    expect(await prices.quote(large)).toMatchObject({ usd: 0.416, rate: { price: 0.104 }, units: 4, asOf });
    expect(statuses(emulator)).toEqual([200]);
  });

  test("waits no longer than it was told, and is there when the answer has come", async () => {
    const { emulator, prices } = await catalogue(20);
    const held = emulator.faults.next({ on: "models", fault: "held" });
    expect(await prices.quote(request)).toEqual(unknown);
    const asked = prices.refresh(request.model);
    held.release();
    await asked;
    expect(await prices.quote(request)).toMatchObject({ usd: 0.52 });
    expect(emulator.requestCounts.models).toBe(1);
  });

  test("is one question for all who ask at the same time", async () => {
    const { emulator, prices } = await catalogue();
    const held = emulator.faults.next({ on: "models", fault: "held" });
    const quotes = Array.from({ length: 50 }, () => prices.quote(request));
    await held.hit;
    quotes.push(prices.quote(large));
    expect(prices.estimateUsd(request)).toBeNull();
    held.release();
    expect(new Set((await Promise.all(quotes)).map(({ usd }) => usd))).toEqual(new Set([0.52, 0.416]));
    expect(emulator.requestCounts.models).toBe(1);
  });

  test("right after a question that failed asks and waits for nothing; some seconds later it does", async () => {
    const { emulator, prices, warnings } = await catalogue();
    emulator.faults.next({ on: "models", fault: "unavailable" });
    expect(await Promise.all([prices.quote(request), prices.quote(request)])).toEqual([unknown, unknown]);
    expect(warnings).toMatchObject([{ model: request.model, code: "UPSTREAM_FAILED" }]);
    for (let i = 0; i < 20; i += 1) expect(await prices.quote(request)).toEqual(unknown);
    expect(statuses(emulator)).toEqual([503]);
    later(15_000);
    expect(await prices.quote(request)).toMatchObject({ usd: 0.52 });
    expect(statuses(emulator)).toEqual([503, 200]);
  });

  test("of a model that the catalogue does not have is unknown, and asked about again soon", async () => {
    const { emulator, prices } = await catalogue();
    const nobody = { ...request, model: "nobody/nothing" };
    expect(await prices.quote(nobody)).toEqual(unknown);
    expect(await prices.quote(nobody)).toEqual(unknown);
    expect(statuses(emulator)).toEqual([200]);
    later(15_000);
    await prices.quote(nobody);
    await prices.refresh(nobody.model);
    expect(statuses(emulator)).toEqual([200, 304]);
  });

  test.each([
    ["emulator/video", "VARIABLE"],
    ["emulator/chat", "FIXED"],
  ])("of %s is %s, without a sum", async (model, kind) => {
    const { prices } = await catalogue();
    const asOf = new Date();
    expect(await prices.quote({ ...request, model })).toEqual({ ...unknown, kind, asOf });
  });

  test("is not waited for once the engine closes", async () => {
    const { emulator, prices, warnings, closing } = await catalogue();
    const held = emulator.faults.next({ on: "models", fault: "held" });
    const asked = prices.quote(request);
    await held.hit;
    closing.abort();
    expect(await asked).toEqual(unknown);
    expect(warnings).toEqual([]);
  });
});

describe("a price that is known", () => {
  test("is asked about after an hour, by its ETag, while the old one is told; a 304 confirms it", async () => {
    const { emulator, prices } = await catalogue();
    const first = await prices.quote(request);
    later(3_599_999);
    expect(await prices.quote(request)).toEqual(first);
    expect(statuses(emulator)).toEqual([200]);
    later(1);
    const confirmedAt = new Date();
    expect(await prices.quote(request)).toEqual(first);
    await prices.refresh(request.model);
    expect(statuses(emulator)).toEqual([200, 304]);
    expect(await prices.quote(request)).toEqual({ ...first, asOf: confirmedAt });
    expect(emulator.requestCounts.models).toBe(2);
  });

  test("is kept, with its time, while the catalogue cannot be read", async () => {
    const { emulator, prices, warnings } = await catalogue();
    const first = await prices.quote(request);
    for (const fault of ["lost-answer", "unavailable", "rate-limited"] as const) {
      later(3_600_000);
      const failing = emulator.faults.next({ on: "models", fault });
      expect(prices.estimateUsd(request)).toBe(0.52);
      await prices.refresh(request.model);
      expect(failing.hits).toBe(1);
      expect(await prices.quote(request)).toEqual(first);
    }
    expect(warnings).toHaveLength(3);
    // The next question, a quarter of a minute after the last, and not an hour.
    later(15_000);
    prices.estimateUsd(request);
    await prices.refresh(request.model);
    expect(statuses(emulator)).toEqual([200, null, 503, 429, 304]);
  });
});

test("an estimate waits for nothing, and asks", async () => {
  const { emulator, prices } = await catalogue();
  expect(prices.estimateUsd(request)).toBeNull();
  await prices.refresh(VEO_3_1_LITE.id);
  expect(prices.estimateUsd(request)).toBe(0.52);
  expect(prices.estimateUsd(large)).toBe(0.416);
  expect(emulator.requestCounts.models).toBe(1);
});
