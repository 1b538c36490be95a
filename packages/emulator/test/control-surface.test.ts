import { describe, expect, it } from "vitest";
import { call, create, startStepped, status } from "./calls.ts";

const post = (body: object): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", authorization: "" },
  body: JSON.stringify(body),
});

describe("/_emulator/", () => {
  it("shows what happened", async () => {
    await using emulator = await startStepped({ durationMs: 60_000 });
    const { id } = (await create(emulator, {}, { "x-client-request-id": "c" })).body;
    await call(emulator, "/_emulator/clock", post({ advanceMs: 61_000 }));
    const { body } = await call(emulator, "/_emulator/state", { headers: { authorization: "" } });
    expect(body).toMatchObject({
      now: new Date(emulator.clock.now()).toISOString(),
      speed: 0,
      accepted: [{ id, clientRequestId: "c", status: "completed", error: null }],
      charges: [{ generationId: id, usd: 0.52 }],
      requests: { create: 1, status: 0 },
    });
    expect(emulator.requests).toHaveLength(1);
  });

  it("moves the clock", async () => {
    await using emulator = await startStepped();
    const start = emulator.clock.now();
    await call(emulator, "/_emulator/clock", post({ advanceMs: 5000 }));
    expect(emulator.clock.now()).toBe(start + 5000);
    expect((await call(emulator, "/_emulator/clock", post({ speed: 3 }))).body.speed).toBe(3);
    expect((await call(emulator, "/_emulator/clock", post({ advanceMs: -1 }))).status).toBe(400);
    expect((await call(emulator, "/_emulator/clock", post({ days: 1 }))).status).toBe(400);
  });

  it("asks for faults, drops them and lets go", async () => {
    await using emulator = await startStepped();
    const fault = { on: "create", fault: "unavailable", times: 2 };
    expect((await call(emulator, "/_emulator/faults", post(fault))).status).toBe(204);
    expect((await create(emulator)).status).toBe(503);
    await call(emulator, "/_emulator/faults", { method: "DELETE" });
    const { id } = (await create(emulator)).body;
    await call(emulator, "/_emulator/faults", post({ on: "status", fault: "held" }));
    const held = emulator.waitFor(({ type }) => type === "fault");
    const answer = status(emulator, id);
    await held;
    await call(emulator, "/_emulator/release", { method: "POST" });
    expect((await answer).status).toBe(200);
    const wrong = await call(emulator, "/_emulator/faults", post({ on: "create", fault: "nonsense" }));
    expect([wrong.status, wrong.body.message]).toEqual([400, "There is no fault 'nonsense' on 'create'"]);
  });
});
