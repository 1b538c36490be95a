import { describe, expect, it } from "vitest";
import { type Emulator, type FaultName, type FaultPoint, faultList } from "../src/index.ts";
import { call, create, finish, longEnoughMs, ownClip, startStepped, status } from "./calls.ts";

/** A request to each endpoint: its status, or null if there was no answer. */
const request: Record<Exclude<FaultPoint, "generation">, (emulator: Emulator) => Promise<number | null>> = {
  create: async (emulator) => (await create(emulator)).status,
  status: async (emulator) => (await status(emulator, emulator.accepted[0]?.id ?? "")).status,
  logs: async (emulator) => (await call(emulator, "/v2/logs")).status,
  billing: async (emulator) => (await call(emulator, "/v2/billing")).status,
  transactions: async (emulator) => (await call(emulator, "/v2/billing/transactions")).status,
  models: async (emulator) => (await call(emulator, "/v1/models")).status,
  metrics: async (emulator) => (await call(emulator, "/models/metrics")).status,
  file: async (emulator) => {
    const { video } = (await status(emulator, emulator.accepted[0]?.id ?? "")).body;
    const response = await fetch(video.url);
    await response.arrayBuffer();
    return response.status;
  },
};

/** An emulator with one finished generation, whose next request at the point meets the fault. */
async function startFaulty(on: FaultPoint, fault: FaultName, value?: string) {
  const emulator = await startStepped();
  await finish(emulator);
  // Every pair of the list is tried, which is more than the types can follow.
  const wanted = { on, fault, ...(value !== undefined && { value }) } as Parameters<Emulator["faults"]["next"]>[0];
  return { emulator, injected: emulator.faults.next(wanted), [Symbol.asyncDispose]: () => emulator.close() };
}

/** The next request at `on` meets the fault and is answered with `expected`; the one after it is answered as usual. */
async function answersOnce(on: Exclude<FaultPoint, "generation">, fault: FaultName, expected: number) {
  await using faulty = await startFaulty(on, fault);
  const { emulator, injected } = faulty;
  const before = emulator.accepted.length;
  expect(await request[on](emulator)).toBe(expected);
  expect(injected.hits).toBe(1);
  expect(emulator.requests.at(-1)).toMatchObject({ endpoint: on, status: expected });
  expect(emulator.accepted).toHaveLength(before);
  expect(await request[on](emulator)).toBe(200);
}

/** Like {@link answersOnce}, for create: what was asked for is accepted, and carried on, all the same. */
async function answersOnceAccepted(fault: FaultName, expected: number) {
  await using faulty = await startFaulty("create", fault);
  const { emulator } = faulty;
  const response = await fetch(`${emulator.url}/v2/video/generations`, createInit(emulator));
  await response.text();
  expect(response.status).toBe(expected);
  expect(emulator.accepted).toHaveLength(2);
  expect(response.headers.get("x-inference-id")).toBe(emulator.accepted[1]?.id);
  emulator.clock.advance(longEnoughMs);
  expect(emulator.accepted[1]?.status).toBe("completed");
  expect((await call(emulator, "/v2/logs")).body.data[0]).toMatchObject({
    client_request_id: "mine",
    status: "succeeded",
  });
}

function createInit(emulator: Emulator): RequestInit {
  return {
    method: "POST",
    headers: {
      authorization: `Bearer ${emulator.apiKey}`,
      "content-type": "application/json",
      "x-client-request-id": "mine",
    },
    body: JSON.stringify({ model: "google/veo-3.1-lite-generate-001", prompt: "x" }),
  };
}

async function cutsOnce(on: Exclude<FaultPoint, "generation">, fault: FaultName, accepted: number) {
  await using faulty = await startFaulty(on, fault);
  const { emulator } = faulty;
  await expect(request[on](emulator)).rejects.toThrow("fetch failed");
  expect(emulator.requests.at(-1)).toMatchObject({ endpoint: on, status: null });
  expect(emulator.accepted).toHaveLength(1 + accepted);
  expect(await request[on](emulator)).toBe(200);
}

async function waits(on: Exclude<FaultPoint, "generation">, fault: FaultName, acceptedMeanwhile: number) {
  await using faulty = await startFaulty(on, fault);
  const { emulator, injected } = faulty;
  let answered = false;
  const answer = request[on](emulator).then((code) => {
    answered = true;
    return code;
  });
  await injected.hit;
  // Another whole request goes by while this one is held.
  await call(emulator, "/v1/models");
  expect(answered).toBe(false);
  expect(emulator.accepted).toHaveLength(1 + acceptedMeanwhile);
  injected.release();
  expect(await answer).toBe(200);
}

async function delays(on: Exclude<FaultPoint, "generation">, fault: FaultName) {
  await using faulty = await startFaulty(on, fault, "30");
  const start = performance.now();
  expect(await request[on](faulty.emulator)).toBe(200);
  expect(performance.now() - start).toBeGreaterThan(25);
}

async function breaksJson(on: Exclude<FaultPoint, "generation">) {
  await using faulty = await startFaulty(on, "malformed-json");
  await expect(request[on](faulty.emulator)).rejects.toThrow(SyntaxError);
  expect(faulty.emulator.requests.at(-1)).toMatchObject({ endpoint: on, status: 200 });
}

type Check = (on: Exclude<FaultPoint, "generation">) => Promise<void>;
const answering =
  (fault: FaultName, code: number): Check =>
  (on) =>
    answersOnce(on, fault, code);
const answeringHtml =
  (fault: FaultName): Check =>
  async (on) => {
    await using faulty = await startFaulty(on, fault);
    await expect(request[on](faulty.emulator)).rejects.toThrow(SyntaxError);
    expect(faulty.emulator.requests.at(-1)).toMatchObject({ endpoint: on, status: 502 });
  };

/** What each fault must do at each of its points; total, so that none goes untested. */
const checks: Record<FaultName, Check> = {
  "rejected-key": answering("rejected-key", 401),
  "out-of-credits": answering("out-of-credits", 403),
  "invalid-body": answering("invalid-body", 400),
  "invalid-body-other-shape": async (on) => {
    await answersOnce(on, "invalid-body-other-shape", 400);
    await using faulty = await startFaulty(on, "invalid-body-other-shape");
    const { body } = await create(faulty.emulator);
    expect(body).toMatchObject({ statusCode: "400", message: [expect.stringContaining("Expected")] });
  },
  "not-found": answering("not-found", 404),
  "rate-limited": async (on) => {
    await answersOnce(on, "rate-limited", 429);
    await using faulty = await startFaulty("logs", "rate-limited");
    expect((await call(faulty.emulator, "/v2/logs")).headers.get("retry-after")).toBeNull();
  },
  "rate-limited-retry-after": async (on) => {
    await answersOnce(on, "rate-limited-retry-after", 429);
    await using faulty = await startFaulty("create", "rate-limited-retry-after", "7");
    expect((await create(faulty.emulator)).headers.get("retry-after")).toBe("7");
  },
  "internal-error": async (on) =>
    // The file's own answer is no JSON, so its body is read by nobody here.
    answersOnce(on, "internal-error", 500),
  "bad-gateway": async (on) => (on === "file" ? answersOnce(on, "bad-gateway", 502) : answeringHtml("bad-gateway")(on)),
  unavailable: answering("unavailable", 503),
  "gateway-timeout": answering("gateway-timeout", 504),
  "internal-error-after-accepting": () => answersOnceAccepted("internal-error-after-accepting", 500),
  "bad-gateway-after-accepting": () => answersOnceAccepted("bad-gateway-after-accepting", 502),
  "unavailable-after-accepting": () => answersOnceAccepted("unavailable-after-accepting", 503),
  "gateway-timeout-after-accepting": () => answersOnceAccepted("gateway-timeout-after-accepting", 504),
  "lost-before-accepting": (on) => cutsOnce(on, "lost-before-accepting", 0),
  "lost-after-accepting": (on) => cutsOnce(on, "lost-after-accepting", 1),
  "lost-answer": (on) => cutsOnce(on, "lost-answer", 0),
  slow: (on) => delays(on, "slow"),
  "slow-after-accepting": (on) => delays(on, "slow-after-accepting"),
  held: (on) => waits(on, "held", 0),
  "held-after-accepting": (on) => waits(on, "held-after-accepting", 1),
  "malformed-json": breaksJson,
  "unknown-status": async (on) => {
    await using faulty = await startFaulty(on, "unknown-status", "resting");
    const { emulator } = faulty;
    const ask = () => (on === "create" ? create(emulator) : status(emulator, emulator.accepted[0]?.id ?? ""));
    expect((await ask()).body.status).toBe("resting");
    expect((await ask()).body.status).toBe(on === "create" ? "queued" : "completed");
  },
  "completed-without-url": async () => {
    await using emulator = await startStepped();
    const injected = emulator.faults.next({ on: "status", fault: "completed-without-url" });
    const { id } = (await create(emulator)).body;
    expect((await status(emulator, id)).body.status).toBe("queued");
    expect(injected.hits).toBe(0);
    emulator.clock.advance(longEnoughMs);
    expect((await status(emulator, id)).body).toMatchObject({ status: "completed", video: null });
    expect((await status(emulator, id)).body.video).not.toBeNull();
  },
  "generation-error": async () => {
    await using faulty = await startFaulty("generation", "generation-error", "safety: The prompt was refused: no");
    const { body } = await finish(faulty.emulator);
    const error = { name: "safety", message: " The prompt was refused: no" };
    expect(body).toEqual({ id: body.id, status: "error", video: null, error, meta: null });
    expect((await finish(faulty.emulator)).body.status).toBe("completed");
  },
  stuck: async () => {
    await using faulty = await startFaulty("generation", "stuck");
    const { id } = (await create(faulty.emulator)).body;
    faulty.emulator.clock.advance(30 * longEnoughMs);
    expect((await status(faulty.emulator, id)).body).toMatchObject({ status: "generating" });
    expect(faulty.emulator.accepted[1]?.finishesAt).toBeNull();
  },
  "late-log-row": async () => {
    await using emulator = await startStepped();
    emulator.faults.next({ on: "generation", fault: "late-log-row", value: 5000 });
    emulator.faults.next({ on: "generation", fault: "late-log-row" });
    await create(emulator);
    await create(emulator);
    const total = async () => (await call(emulator, "/v2/logs")).body.pagination.total;
    expect(await total()).toBe(0);
    emulator.clock.advance(5000);
    expect(await total()).toBe(1);
    emulator.clock.advance(longEnoughMs);
    expect(await total()).toBe(2);
  },
  "expired-file": answering("expired-file", 403),
  "gone-file": answering("gone-file", 410),
  "broken-off-file": async (on) => {
    await using faulty = await startFaulty(on, "broken-off-file", "300");
    const { emulator } = faulty;
    const { video } = (await status(emulator, emulator.accepted[0]?.id ?? "")).body;
    const response = await fetch(video.url);
    expect(response.headers.get("content-length")).toBe("1000");
    await expect(response.arrayBuffer()).rejects.toThrow("terminated");
    expect(new Uint8Array(await (await fetch(video.url)).arrayBuffer())).toEqual(ownClip);
  },
  "not-an-mp4": async (on) => {
    await using faulty = await startFaulty(on, "not-an-mp4");
    const { emulator } = faulty;
    const { video } = (await status(emulator, emulator.accepted[0]?.id ?? "")).body;
    const response = await fetch(video.url);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "video/mp4"]);
    expect(await response.text()).toMatch(/^<!doctype html>/);
  },
};

describe.each(faultList.map(({ name, on }) => ({ name, on })))("The fault $name", ({ name, on }) => {
  it.each(on.map((point) => [point]))("takes effect on %s", async (point) => {
    await checks[name](point === "generation" ? "create" : point);
  });
});
