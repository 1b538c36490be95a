import { describe, expect, it } from "vitest";
import { call, create, finish, longEnoughMs, startStepped } from "./calls.ts";

describe("The ledger", () => {
  it("is charged some time after a generation completed, and not before", async () => {
    await using emulator = await startStepped({ durationMs: 60_000, chargeDelayMs: 5000, balanceUsd: 10 });
    const { id } = (await create(emulator)).body;
    emulator.clock.advance(64_999);
    expect(emulator.accepted[0]?.status).toBe("completed");
    expect(emulator.charges).toEqual([]);
    expect((await call(emulator, "/v2/billing")).body).toEqual({ current_balance: 10, currency: "USD" });
    emulator.clock.advance(1);
    expect(emulator.charges).toEqual([{ generationId: id, usd: 0.52, credits: 1_040_000, at: emulator.clock.now() }]);
    expect((await call(emulator, "/v2/billing")).body.current_balance).toBe(9.48);
    expect(emulator.balanceUsd).toBe(9.48);
  });

  it("is charged for a generation nobody ever asked about again", async () => {
    await using emulator = await startStepped();
    await create(emulator);
    emulator.clock.advance(longEnoughMs);
    expect(emulator.charges).toHaveLength(1);
  });

  it("is never charged for one that failed or never ended", async () => {
    await using emulator = await startStepped();
    await finish(emulator, { prompt: "x [fault:generation-error]" });
    await finish(emulator, { prompt: "x [fault:stuck]" });
    emulator.clock.advance(longEnoughMs);
    expect(emulator.charges).toEqual([]);
  });

  it("gives back what was set aside for one that failed", async () => {
    await using emulator = await startStepped({ balanceUsd: 0.6 });
    await finish(emulator, { prompt: "x [fault:generation-error]" });
    expect((await create(emulator)).status).toBe(200);
  });
});

describe("GET /v2/billing/transactions", () => {
  it("lists movements newest first, charges under their inference id", async () => {
    await using emulator = await startStepped({ balanceUsd: 10 });
    const { id } = (await finish(emulator)).body;
    const { body } = await call(emulator, "/v2/billing/transactions");
    expect(body).toEqual({
      data: [
        {
          created_at: expect.stringMatching(/^\d{4}-.*Z$/),
          direction: "CHARGE",
          type: "MODEL_USAGE",
          amount: { usd: 0.52, credits: 1_040_000 },
          model: "google/veo-3.1-lite-generate-001",
          reference_id: id,
        },
        {
          created_at: expect.stringMatching(/^\d{4}-.*Z$/),
          direction: "TOPUP",
          type: "INIT",
          amount: { usd: 10, credits: 20_000_000 },
          model: null,
          reference_id: null,
        },
      ],
      pagination: { next_cursor: null, has_more: false },
    });
  });

  it("pages by cursor, also while entries are added", async () => {
    await using emulator = await startStepped();
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.unshift((await finish(emulator)).body.id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`;
      const { body } = await call(emulator, `/v2/billing/transactions?type=MODEL_USAGE&limit=2${query}`);
      seen.push(...body.data.map((entry: { reference_id: string }) => entry.reference_id));
      expect(body.pagination.has_more).toBe(body.pagination.next_cursor !== null);
      cursor = body.pagination.next_cursor;
      if (cursor !== null) await finish(emulator);
    } while (cursor !== null);
    expect(seen).toEqual(ids);
  });

  it("filters by direction, type and time", async () => {
    await using emulator = await startStepped();
    const start = new Date(emulator.clock.now()).toISOString();
    await finish(emulator);
    const end = emulator.charges[0]?.at ?? 0;
    const count = async (query: string) => (await call(emulator, `/v2/billing/transactions?${query}`)).body.data.length;
    expect(await count("direction=CHARGE")).toBe(1);
    expect(await count("direction=TOPUP")).toBe(1);
    expect(await count("type=REFUND")).toBe(0);
    expect(await count(`from=${start}`)).toBe(2);
    // The end is exclusive.
    expect(await count(`from=${start}&to=${new Date(end).toISOString()}`)).toBe(1);
    expect(await count(`to=${new Date(end + 1).toISOString()}`)).toBe(2);
  });

  it.each([
    "from=2026-07-01T00:00:00",
    "from=2026-07-02T00:00:00Z&to=2026-07-01T00:00:00Z",
    "direction=OUT",
    "type=OTHER",
    "limit=101",
    "cursor=abc",
    `cursor=${Buffer.from('{"s":1,"v":1,"c":"2026-07-01T00:00:00.000Z"}').toString("base64url")}`,
  ])("refuses %s", async (query) => {
    await using emulator = await startStepped();
    const { status, body } = await call(emulator, `/v2/billing/transactions?${query}`);
    expect(status).toBe(400);
    expect(body.message).toMatch(/Expected .* received /);
  });
});
