import { describe, expect, it } from "vitest";
import { EmulatorError, startEmulator } from "../src/index.ts";
import { call, create, finish, longEnoughMs, ownClip, startStepped, status } from "./calls.ts";

describe("A fault asked for by the API", () => {
  it("takes effect as often as told, in the order asked for", async () => {
    await using emulator = await startStepped();
    const twice = emulator.faults.next({ on: "logs", fault: "unavailable", times: 2 });
    emulator.faults.next({ on: "logs", fault: "rate-limited" });
    const codes = [];
    for (let i = 0; i < 4; i++) codes.push((await call(emulator, "/v2/logs")).status);
    expect(codes).toEqual([503, 503, 429, 200]);
    expect(twice.hits).toBe(2);
  });

  it("may concern one generation or one client request id only", async () => {
    await using emulator = await startStepped();
    const [a, b] = [(await create(emulator)).body.id, (await create(emulator)).body.id];
    emulator.faults.next({ on: "status", fault: "not-found", generationId: b });
    expect((await status(emulator, a)).status).toBe(200);
    expect((await status(emulator, b)).status).toBe(404);
    emulator.faults.next({ on: "create", fault: "unavailable", clientRequestId: "c" });
    expect((await create(emulator, {}, { "x-client-request-id": "d" })).status).toBe(200);
    expect((await create(emulator, {}, { "x-client-request-id": "c" })).status).toBe(503);
  });

  it("can be canceled and cleared", async () => {
    await using emulator = await startStepped({
      faults: { mix: [{ on: "logs", fault: "unavailable", probability: 1 }] },
    });
    emulator.faults.next({ on: "billing", fault: "unavailable" }).cancel();
    expect((await call(emulator, "/v2/billing")).status).toBe(200);
    emulator.faults.clear();
    expect((await call(emulator, "/v2/logs")).status).toBe(200);
  });

  it("lets go of everything held at once", async () => {
    await using emulator = await startStepped();
    const held = emulator.faults.next({ on: "billing", fault: "held", times: 2 });
    const answers = [call(emulator, "/v2/billing"), call(emulator, "/v2/billing")];
    await emulator.until(() => held.hits === 2);
    emulator.faults.release();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it("must exist at that point", async () => {
    await using emulator = await startStepped();
    // @ts-expect-error The compiler knows it too.
    expect(() => emulator.faults.next({ on: "logs", fault: "out-of-credits" })).toThrow(EmulatorError);
    // @ts-expect-error The compiler knows it too.
    expect(() => emulator.faults.next({ on: "create", fault: "nonsense" })).toThrow("no fault 'nonsense'");
    expect(() => emulator.faults.next({ on: "create", fault: "held", times: 0 })).toThrow("times");
  });
});

describe("A fault asked for by header", () => {
  it("concerns that request alone", async () => {
    await using emulator = await startStepped();
    expect(
      (await create(emulator, {}, { "x-emulator-fault": "rate-limited-retry-after:9" })).headers.get("retry-after"),
    ).toBe("9");
    expect((await create(emulator)).status).toBe(200);
    const headers = { "x-emulator-fault": "internal-error" };
    expect((await call(emulator, "/v1/models", { headers })).status).toBe(500);
  });

  it("stays with the generation if it is about polling or the file", async () => {
    await using emulator = await startStepped();
    const { id } = (await create(emulator, {}, { "x-emulator-fault": "status/unavailable*2, gone-file" })).body;
    emulator.clock.advance(longEnoughMs);
    expect((await status(emulator, id)).status).toBe(503);
    expect((await status(emulator, id)).status).toBe(503);
    const { body } = await status(emulator, id);
    expect((await fetch(body.video.url)).status).toBe(410);
    expect((await fetch(body.video.url, { method: "HEAD" })).status).toBe(410);
    expect((await finish(emulator)).status).toBe(200);
  });

  it.each(["nonsense", "completed-without-url", "generation/stuck"])("is 400 if it does not fit: %s", async (fault) => {
    await using emulator = await startStepped();
    const { status: code, body } = await call(emulator, "/v2/billing", { headers: { "x-emulator-fault": fault } });
    expect(code).toBe(400);
    expect(body.message).toContain(fault);
  });
});

describe("A fault asked for by a marker in the prompt", () => {
  it("concerns every request with that prompt", async () => {
    await using emulator = await startStepped();
    const prompt = "A tram [fault:out-of-credits]";
    expect((await create(emulator, { prompt })).status).toBe(403);
    expect((await create(emulator, { prompt })).status).toBe(403);
    expect((await create(emulator, { prompt: "A tram" })).status).toBe(200);
  });

  it("may be limited to the first few", async () => {
    await using emulator = await startStepped();
    const codes = [];
    for (let i = 0; i < 3; i++)
      codes.push((await create(emulator, { prompt: "A tram [fault:rate-limited*2]" })).status);
    expect(codes).toEqual([429, 429, 200]);
    const prompt = "[fault:generation-error:late*1] x";
    expect((await finish(emulator, { prompt })).body).toMatchObject({ status: "error", error: { name: "late" } });
    expect((await finish(emulator, { prompt })).body.status).toBe("completed");
  });

  it("stays with the generation if it is about polling", async () => {
    await using emulator = await startStepped();
    const { id } = (await create(emulator, { prompt: "x [fault:unknown-status:dreaming][fault:broken-off-file]" }))
      .body;
    for (let i = 0; i < 3; i++) expect((await status(emulator, id)).body.status).toBe("dreaming");
  });

  it("is 400 if there is none of that name", async () => {
    await using emulator = await startStepped();
    expect((await create(emulator, { prompt: "x [fault:nonsense]" })).body.message).toContain("'nonsense'");
    expect(emulator.accepted).toEqual([]);
  });
});

describe("A scenario", () => {
  it("may list what goes wrong first", async () => {
    await using emulator = await startStepped({ faults: { list: [{ on: "create", fault: "lost-before-accepting" }] } });
    await expect(create(emulator)).rejects.toThrow();
    expect((await create(emulator)).status).toBe(200);
  });

  it("may mix faults by probability, the same for the same seed", async () => {
    const run = async (seed: number) => {
      const mix = [{ on: "billing", fault: "unavailable", probability: 0.3 }] as const;
      await using emulator = await startStepped({ seed, faults: { mix } });
      const codes: number[] = [];
      for (let i = 0; i < 100; i++) codes.push((await call(emulator, "/v2/billing")).status);
      return codes;
    };
    const codes = await run(1);
    expect(codes.filter((code) => code === 503).length).toBeGreaterThan(15);
    expect(codes.filter((code) => code === 503).length).toBeLessThan(45);
    expect(await run(1)).toEqual(codes);
    expect(await run(2)).not.toEqual(codes);
  });

  it("is refused at the start if it names what does not exist", async () => {
    const list = [{ on: "models", fault: "stuck" }] as const;
    // @ts-expect-error The compiler knows it too.
    const started = startEmulator({ clip: ownClip, faults: { list } });
    await expect(started).rejects.toMatchObject({ code: "INVALID_FAULT" });
  });
});
