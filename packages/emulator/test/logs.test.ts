import { describe, expect, it } from "vitest";
import { call, create, finish, longEnoughMs, startStepped } from "./calls.ts";

describe("GET /v2/logs", () => {
  it("lists create requests newest first, with what they were charged", async () => {
    await using emulator = await startStepped();
    const { id } = (await finish(emulator)).body;
    emulator.clock.advance(1000);
    const second = (await create(emulator, {}, { "x-client-request-id": "second" })).body.id;
    const { body } = await call(emulator, "/v2/logs");
    expect(body).toEqual({
      data: [
        {
          created: new Date(emulator.clock.now()).toISOString(),
          status: "succeeded",
          origin: "api",
          model: "google/veo-3.1-lite-generate-001",
          cost: { usd: 0, credits: 0 },
          tokens: { input: 0, output: 0, total: 0 },
          request_id: expect.any(String),
          inference_id: second,
          client_request_id: "second",
        },
        expect.objectContaining({
          inference_id: id,
          client_request_id: null,
          cost: { usd: 0.52, credits: 1_040_000 },
        }),
      ],
      pagination: { limit: 50, offset: 0, total: 2, has_more: false },
    });
  });

  it("lists failed requests, at no cost, under the inference id of their answer", async () => {
    await using emulator = await startStepped();
    const refused = await create(emulator, { duration: 5 }, { "x-client-request-id": "bad" });
    await create(emulator, { prompt: "x [fault:generation-error]" });
    emulator.clock.advance(longEnoughMs);
    const { data } = (await call(emulator, "/v2/logs?status=failed")).body;
    expect(data).toMatchObject([
      { status: "failed", cost: { usd: 0, credits: 0 }, inference_id: emulator.accepted[0]?.id },
      {
        status: "failed",
        cost: { usd: 0, credits: 0 },
        inference_id: refused.headers.get("x-inference-id"),
        client_request_id: "bad",
      },
    ]);
  });

  it("does not list a request whose key was wrong", async () => {
    await using emulator = await startStepped();
    await create(emulator, {}, { authorization: "Bearer wrong" });
    expect((await call(emulator, "/v2/logs")).body.data).toEqual([]);
  });

  it("shows a row only after its delay", async () => {
    await using emulator = await startStepped({ logDelayMs: 3000 });
    await create(emulator);
    const total = async () => (await call(emulator, "/v2/logs")).body.pagination.total;
    emulator.clock.advance(2999);
    expect(await total()).toBe(0);
    emulator.clock.advance(1);
    expect(await total()).toBe(1);
  });

  it("shows a row only once its generation has ended, if told so", async () => {
    await using emulator = await startStepped({ logDelayMs: "finished", durationMs: 60_000 });
    await create(emulator);
    const total = async () => (await call(emulator, "/v2/logs")).body.pagination.total;
    emulator.clock.advance(59_999);
    expect(await total()).toBe(0);
    emulator.clock.advance(1);
    expect(await total()).toBe(1);
  });

  it("pages by limit and offset", async () => {
    await using emulator = await startStepped();
    for (const id of ["a", "b", "c"]) await create(emulator, {}, { "x-client-request-id": id });
    const page = (await call(emulator, "/v2/logs?limit=2&offset=0")).body;
    expect(page.data.map((row: { client_request_id: string }) => row.client_request_id)).toEqual(["c", "b"]);
    expect(page.pagination).toEqual({ limit: 2, offset: 0, total: 3, has_more: true });
    const rest = (await call(emulator, "/v2/logs?limit=2&offset=2")).body;
    expect(rest.data.map((row: { client_request_id: string }) => row.client_request_id)).toEqual(["a"]);
    expect(rest.pagination.has_more).toBe(false);
  });

  it("filters by model, status and window", async () => {
    await using emulator = await startStepped();
    const start = new Date(emulator.clock.now()).toISOString();
    await create(emulator);
    await create(emulator, { duration: 5 });
    emulator.clock.advance(2 * 3_600_000);
    await create(emulator);
    const total = async (query: string) => (await call(emulator, `/v2/logs?${query}`)).body.pagination.total;
    expect(await total("model=veo-3.1-lite-generate-001")).toBe(3);
    expect(await total("model=google/veo-3.1-lite-generate-001&model=other")).toBe(3);
    expect(await total("model=other,google/veo-3.1-lite-generate-001")).toBe(0);
    expect(await total("status=succeeded")).toBe(2);
    expect(await total("status=succeeded&status=failed")).toBe(3);
    expect(await total("period=1h")).toBe(1);
    expect(await total("period=7d")).toBe(3);
    const end = new Date(emulator.clock.now() - 3_600_000).toISOString();
    expect(await total(`start=${start}&end=${end}`)).toBe(2);
    // Without an offset a time is read as UTC.
    expect(await total(`start=${start.replace("Z", "")}&end=${end.replace("Z", "")}`)).toBe(2);
  });

  it.each([
    "period=0h",
    "period=24",
    "period=93d",
    "period=1d&start=2026-07-01&end=2026-07-02",
    "start=2026-07-01",
    "start=yesterday&end=2026-07-02",
    "start=2026-07-02&end=2026-07-01",
    "start=2026-01-01&end=2026-07-01",
    "status=succeeded,failed",
    "limit=0",
    "limit=101",
    "limit=ten",
    "offset=-1",
    `${"model=a&".repeat(51)}`,
  ])("refuses %s", async (query) => {
    await using emulator = await startStepped();
    const { status, body } = await call(emulator, `/v2/logs?${query}`);
    expect(status).toBe(400);
    expect(body.message).toMatch(/Expected .* received /);
  });

  it("shows a key its own requests only", async () => {
    await using emulator = await startStepped({ apiKey: ["abcd1234-one", "efgh5678-two"] });
    await create(emulator);
    const other = { headers: { authorization: "Bearer efgh5678-two" } };
    expect((await call(emulator, "/v2/logs?key_prefix=abcd1234")).body.pagination.total).toBe(1);
    expect((await call(emulator, "/v2/logs", other)).body.pagination.total).toBe(0);
    expect((await call(emulator, "/v2/logs?key_prefix=abcd1234", other)).status).toBe(403);
  });

  it("is 429 above 200 calls in any minute", async () => {
    await using emulator = await startStepped();
    for (let i = 0; i < 200; i++) expect((await call(emulator, "/v2/logs?limit=1")).status).toBe(200);
    expect((await call(emulator, "/v2/logs")).status).toBe(429);
    emulator.clock.advance(60_000);
    expect((await call(emulator, "/v2/logs")).status).toBe(200);
  });
});
