import { API_ERROR_CODES, type ApiErrorCode } from "@reelwire/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REACTIONS, type Reaction } from "../src/refusal.ts";
import { type Answer, startAnswering } from "./answering-server.ts";
import { type Refusal, refusalOf } from "./refusal-of.ts";
import { type Running, startRunning } from "./running-gateway.ts";
import { startZapier } from "./zapier-stand-in.ts";

const START = "creates.startVideo.operation.perform";
const FIND = "searches.findVideo.operation.perform";

/** What a step fails with, where this is answered. */
async function refusedWith(answer: Answer): Promise<Refusal> {
  await using gateway = await startAnswering(answer);
  await using zapier = await startZapier({ url: gateway.url, apiKey: "rwk_key" });
  return await refusalOf(zapier.run(FIND, { inputData: { externalId: "order-1" } }));
}

const NAMES: Record<Reaction, string> = {
  error: "AppError",
  halt: "HaltedError",
  wait: "ThrottledError",
  reconnect: "ExpiredAuthError",
};

test("every code of the gateway's is in the table", () => {
  expect(Object.keys(REACTIONS)).toEqual(Object.keys(API_ERROR_CODES));
});

test.each(Object.entries(REACTIONS))("%s: %s", async (code, reaction) => {
  const message = API_ERROR_CODES[code as ApiErrorCode];
  // As GraphQL has it: 200, whatever is wrong.
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }], data: null });
  const refusal = await refusedWith({ status: 200, body });
  expect(refusal.name).toBe(NAMES[reaction]);
  expect(refusal.message).toContain(message);
  expect(refusal.code).toBe(reaction === "error" ? code : undefined);
  expect(refusal.delay).toBe(reaction === "wait" ? 60 : undefined);
});

describe("what comes with a code", () => {
  const answered = (code: ApiErrorCode, extensions: object, status = 200) =>
    refusedWith({
      status,
      body: JSON.stringify({ errors: [{ message: "So it is.", extensions: { code, ...extensions } }] }),
    });

  test("how long to wait", async () => {
    expect(await answered("RATE_LIMITED", { retryAfterSeconds: 17 })).toMatchObject({ delay: 17 });
    // Zapier's own reaction to this status comes too early to know that.
    expect(await answered("RATE_LIMITED", { retryAfterSeconds: 18 }, 429)).toMatchObject({ delay: 18 });
    expect(await answered("RATE_LIMITED", { retryAfterSeconds: 0.2 })).toMatchObject({ delay: 1 });
  });

  test("when a budget renews", async () => {
    const budget = { kind: "PROJECT", period: "DAY", renewsAt: "2026-11-23T00:00:00.000Z" };
    const { message } = await answered("BUDGET_EXCEEDED", { budget });
    expect(message).toBe("So it is. It renews at 2026-11-23T00:00:00.000Z.");
  });

  test("under what the gateway's log has more", async () => {
    const { message } = await answered("INTERNAL", { requestId: "req-7" }, 500);
    expect(message).toBe("So it is. The gateway's log has more under req-7.");
  });
});

test("what no gateway says", async () => {
  expect(await refusedWith({ status: 502, body: "<h1>Bad Gateway</h1>" })).toMatchObject({ name: "ThrottledError" });
  expect(await refusedWith({ status: 404, body: "<h1>Not Found</h1>" })).toMatchObject({
    name: "AppError",
    code: "BAD_ANSWER",
  });
  const newer = '{"errors":[{"message":"New.","extensions":{"code":"OF_A_NEWER_GATEWAY"}}]}';
  expect(await refusedWith({ body: newer })).toMatchObject({ name: "AppError", code: "OF_A_NEWER_GATEWAY" });
});

test("a gateway that is away", async () => {
  const gateway = await startAnswering({});
  await gateway[Symbol.asyncDispose]();
  await using zapier = await startZapier({ url: gateway.url, apiKey: "rwk_key" });
  expect(await refusalOf(zapier.run(FIND, { inputData: { externalId: "order-1" } }))).toMatchObject({
    name: "ThrottledError",
    message: expect.stringContaining("could not be reached (ECONNREFUSED)"),
    delay: 60,
  });
});

describe("of a real gateway", () => {
  let running: Running;
  beforeAll(async () => {
    running = await startRunning();
  });
  afterAll(() => running[Symbol.asyncDispose]());

  test("an external id that is taken", async () => {
    const start = (prompt: string) => running.zapier.run(START, { inputData: { prompt, externalId: "taken" } });
    await start("The first");
    expect(await refusalOf(start("The second"))).toMatchObject({
      name: "HaltedError",
      message: expect.stringContaining("external id"),
    });
  });

  test("a budget that is used up", async () => {
    await running.asAdmin(
      "mutation { setBudget(input: { kind: PROJECT, period: DAY, limitUsd: 0 }) { budget { id } } }",
    );
    expect(await refusalOf(running.zapier.run(START, { inputData: { prompt: "Too dear" } }))).toMatchObject({
      name: "HaltedError",
      message: expect.stringMatching(/budget.* It renews at \d{4}-\d\d-\d\dT00:00:00\.000Z\.$/is),
    });
  });

  test("a key that asks too much", async () => {
    await using busy = await startRunning({ variables: { REELWIRE_KEY_REQUESTS_PER_MINUTE: "5" } });
    const find = () => busy.zapier.run(FIND, { inputData: { externalId: "order-1" } });
    for (let asked = 0; asked < 5; asked += 1) await find();
    const refusal = await refusalOf(find());
    expect(refusal).toMatchObject({ name: "ThrottledError" });
    expect(refusal.delay).toBeGreaterThanOrEqual(1);
    expect(refusal.delay).toBeLessThanOrEqual(60);
  });

  test("a key that is not good any more", async () => {
    const apiKey = await running.makeKey(["VIDEOS_READ"]);
    await using zapier = await startZapier({ url: running.url, apiKey });
    expect(await refusalOf(zapier.run(START, { inputData: { prompt: "Not mine to make" } }))).toMatchObject({
      name: "AppError",
      code: "FORBIDDEN",
      message: expect.stringContaining("VIDEOS_CREATE"),
    });
    const id = `key_${apiKey.split("_")[1]}`;
    await running.asAdmin("mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { id } } }", { id });
    expect(await refusalOf(zapier.run(FIND, { inputData: { externalId: "order-1" } }))).toMatchObject({
      name: "ExpiredAuthError",
      message: expect.stringMatching(/^The gateway refused the API key\. /),
    });
  });
});
