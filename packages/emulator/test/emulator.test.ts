import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { EmulatorError, emulatorErrorCodes, startEmulator } from "../src/index.ts";
import { call, create, longEnoughMs, ownClip, startStepped, status } from "./calls.ts";

describe("What happened", () => {
  it("is counted by endpoint, with what each request was", async () => {
    await using emulator = await startStepped();
    const { id } = (await create(emulator, {}, { "x-client-request-id": "c-1" })).body;
    await status(emulator, id);
    await call(emulator, "/nowhere?x=1");
    expect(emulator.requestCounts).toMatchObject({ create: 1, status: 1, unknown: 1, logs: 0 });
    expect(emulator.requests).toMatchObject([
      {
        method: "POST",
        path: "/v2/video/generations",
        endpoint: "create",
        clientRequestId: "c-1",
        generationId: id,
        status: 200,
      },
      {
        method: "GET",
        path: `/v2/video/generations?generation_id=${id}`,
        endpoint: "status",
        generationId: id,
        status: 200,
      },
      { method: "GET", path: "/nowhere?x=1", endpoint: "unknown", generationId: null, status: 404 },
    ]);
  });

  it("can be waited for, from now on", async () => {
    await using emulator = await startStepped();
    const answered = emulator.waitFor((event) => event.type === "answered");
    await create(emulator);
    expect(await answered).toMatchObject({ type: "answered", request: { endpoint: "create", status: 200 } });
  });

  it("can be waited for as a state, at once if it holds", async () => {
    await using emulator = await startStepped();
    const second = emulator.until(() => emulator.requestCounts.create === 2);
    await Promise.all([create(emulator), create(emulator), second]);
    await emulator.until(() => emulator.accepted.length === 2);
  });

  it("can be read as a stream of events, in order", async () => {
    const seen: string[] = [];
    const emulator = await startStepped();
    const events = emulator.events();
    emulator.faults.next({ on: "billing", fault: "unavailable" });
    await create(emulator);
    emulator.clock.advance(longEnoughMs);
    await call(emulator, "/v2/billing");
    await emulator.close();
    for await (const { type } of events) seen.push(type);
    expect(seen).toEqual([
      "request",
      "accepted",
      "answered",
      "generating",
      "completed",
      "charged",
      "request",
      "fault",
      "answered",
    ]);
  });

  it("ends waits by a signal, by what a condition throws, and by closing", async () => {
    const emulator = await startStepped();
    const aborting = new AbortController();
    const aborted = emulator.waitFor(() => true, { signal: aborting.signal });
    aborting.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    const thrown = emulator.waitFor(() => {
      throw new Error("wrong event");
    });
    const closed = emulator.until(() => false);
    await Promise.all([create(emulator), expect(thrown).rejects.toThrow("wrong event")]);
    await Promise.all([emulator.close(), expect(closed).rejects.toMatchObject({ code: "CLOSED" })]);
    await expect(emulator.waitFor(() => true)).rejects.toMatchObject({ code: "CLOSED" });
    expect(await emulator.events().next()).toEqual({ done: true, value: undefined });
  });
});

describe("Going down", () => {
  it("keeps its port and everything it accepted", async () => {
    await using emulator = await startStepped();
    const { url } = emulator;
    const { id } = (await create(emulator)).body;
    await emulator.restart();
    expect(emulator.url).toBe(url);
    emulator.clock.advance(longEnoughMs);
    expect((await status(emulator, id)).body.status).toBe("completed");
    expect(emulator.requestCounts).toMatchObject({ create: 1, status: 1 });
  });

  it("refuses connections while it is down, and time goes on", async () => {
    await using emulator = await startStepped();
    await create(emulator);
    await emulator.goDown();
    await expect(create(emulator)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    emulator.clock.advance(longEnoughMs);
    expect(emulator.charges).toHaveLength(1);
    await emulator.comeUp();
    expect((await create(emulator)).status).toBe(200);
  });

  it("cuts requests that are held, and does not take them up again", async () => {
    await using emulator = await startStepped();
    for (const fault of ["held", "slow"] as const) {
      const injected = emulator.faults.next({ on: "create", fault });
      const cut = expect(create(emulator)).rejects.toThrow();
      await injected.hit;
      await Promise.all([emulator.restart(), cut]);
    }
    emulator.faults.release();
    expect((await create(emulator)).status).toBe(200);
    expect(emulator.accepted).toHaveLength(1);
  });
});

describe("Starting", () => {
  it("listens on loopback, on a port of the system's choice, unless told otherwise", async () => {
    await using emulator = await startStepped();
    expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}`);
    await using elsewhere = await startStepped({ host: "::1" });
    expect(elsewhere.url).toBe(`http://[::1]:${elsewhere.port}`);
    expect((await call(elsewhere, "/v1/models")).status).toBe(200);
    await using everywhere = await startStepped({ host: "0.0.0.0" });
    expect(everywhere.url).toBe(`http://127.0.0.1:${everywhere.port}`);
  });

  it("fails with a code if the port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const address = taken.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await expect(startStepped({ port })).rejects.toMatchObject({ code: "CANNOT_LISTEN" });
    taken.close();
  });

  it.each([
    { port: -1 },
    { port: 70_000 },
    { apiKey: [] },
    { durationMs: -5 },
    { durationMs: { min: 1, max: Number.NaN } },
    { chargeDelayMs: Number.POSITIVE_INFINITY },
    { clock: { speed: -1 } },
  ])("refuses %o", async (options) => {
    await expect(startEmulator({ clip: ownClip, ...options })).rejects.toMatchObject({ code: "INVALID_OPTIONS" });
  });

  it("may be closed twice", async () => {
    const emulator = await startStepped();
    await Promise.all([emulator.close(), emulator.close()]);
    await expect(create(emulator)).rejects.toThrow();
  });
});

it("Errors carry a code of the list", () => {
  const error = new EmulatorError("CLOSED", "x");
  expect(error).toMatchObject({ name: "EmulatorError", code: "CLOSED" });
  expect(Object.keys(emulatorErrorCodes)).toContain(error.code);
});
