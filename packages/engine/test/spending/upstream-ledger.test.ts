import { parseCreateVideoInput } from "@reelwire/core";
import { createUpstreamClient, type GenerationCharge } from "@reelwire/core/upstream";
import { type Emulator, startEmulator } from "@reelwire/emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const GENERATIONS = 330;

/** The upstream's client against an emulator that has charged for some hundred generations, each at a time of its own. */
describe("the ledger is read whole", () => {
  let emulator: Emulator;
  let since: Date;
  beforeAll(async () => {
    emulator = await startEmulator({
      clip: new Uint8Array(1),
      clock: "stepped",
      durationMs: 60_000,
      balanceUsd: 1_000,
    });
    since = new Date(emulator.clock.now());
    const upstream = client();
    for (let i = 0; i < GENERATIONS; i += 1) {
      const prompt = i % 10 === 0 ? "a boat [fault:generation-error]" : "a boat";
      const durationSeconds = ([4, 6, 8] as const)[i % 3] ?? 8;
      const { request } = parseCreateVideoInput({ prompt, durationSeconds });
      await upstream.submit(request, { clientRequestId: `video.${i}` });
      emulator.clock.advance(1_000);
    }
    emulator.clock.advance(3_600_000);
  });
  afterAll(() => emulator.close());

  const client = () => createUpstreamClient({ apiKey: emulator.apiKey, baseUrl: emulator.url, wait: async () => {} });

  async function read(from: Date): Promise<GenerationCharge[]> {
    const all = [];
    for await (const charge of client().transactions({ since: from })) all.push(charge);
    return all;
  }

  const charged = (from = 0) =>
    emulator.charges
      .filter(({ at }) => at >= from)
      .map(({ generationId, usd, at }) => ({ generationId, usd, at: new Date(at) }))
      .reverse();

  test("every charge once, newest first, and no other movement", async () => {
    expect(charged()).toHaveLength((GENERATIONS * 9) / 10);
    expect(await read(since)).toEqual(charged());
  });

  test("from an hour before the time asked for, and not from the beginning", async () => {
    const middle = emulator.charges[150]?.at ?? 0;
    expect(await read(new Date(middle + 3_600_000))).toEqual(charged(middle));
    expect(charged(middle)).toHaveLength(charged().length - 150);
  });

  test.each(["rate-limited", "unavailable", "bad-gateway", "lost-answer", "malformed-json"] as const)(
    "through %s, again and again, on any page",
    async (fault) => {
      const before = emulator.requestCounts.transactions;
      const failing = [emulator.faults.next({ on: "transactions", fault, times: 2 })];
      const found: GenerationCharge[] = [];
      for await (const charge of client().transactions({ since })) {
        if (found.push(charge) === 100) failing.push(emulator.faults.next({ on: "transactions", fault, times: 2 }));
      }
      expect(found).toEqual(charged());
      expect(failing.map(({ hits }) => hits)).toEqual([2, 2]);
      expect(emulator.requestCounts.transactions - before).toBe(3 + 4);
    },
  );

  test("while more charges land", async () => {
    const before = charged();
    const found: GenerationCharge[] = [];
    for await (const charge of client().transactions({ since })) {
      if (found.push(charge) % 100 !== 1) continue;
      await client().submit(parseCreateVideoInput({ prompt: "more" }).request, {
        clientRequestId: `more.${found.length}`,
      });
      emulator.clock.advance(3_600_000);
    }
    expect(found).toEqual(before);
    expect(charged()).toHaveLength(before.length + 3);
  });

  test("not with a key that is refused", async () => {
    const refused = emulator.faults.next({ on: "transactions", fault: "rejected-key" });
    await expect(read(since)).rejects.toMatchObject({ code: "KEY_REJECTED", retryable: false });
    expect(refused.hits).toBe(1);
  });
});
