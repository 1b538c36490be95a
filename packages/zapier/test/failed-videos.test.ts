import { afterAll, beforeAll, expect, test } from "vitest";
import { type Refusal, refusalOf } from "./refusal-of.ts";
import { type Running, startRunning } from "./running-gateway.ts";

const PERFORM = "creates.createVideo.operation.perform";
const RESUME = "creates.createVideo.operation.performResume";

let running: Running;
beforeAll(async () => {
  running = await startRunning();
});
afterAll(() => running[Symbol.asyncDispose]());

/** A run of Create Video from its beginning until it is called back, and what it fails with then. */
async function failing(prompt: string, path: string): Promise<Refusal & { id: string }> {
  const { zapier } = running;
  const started = await zapier.run(PERFORM, { inputData: { prompt }, callbackUrl: zapier.address(path) });
  const call = JSON.parse((await zapier.received(path)).body);
  const outputData = Object(started.results);
  const refusal = await refusalOf(zapier.run(RESUME, { inputData: { prompt }, outputData, cleanedRequest: call }));
  return { ...refusal, id: outputData.id };
}

test("one that cost nothing and may yet succeed is an error, and its replay makes another", async () => {
  const { zapier, emulator, finish, begun } = running;
  const prompt = "When the credits are used up";
  emulator.faults.next({ on: "create", fault: "out-of-credits" });
  const { id, ...refusal } = await failing(prompt, "/credits/1");
  expect(refusal).toMatchObject({
    name: "AppError",
    code: "UPSTREAM_FORBIDDEN",
    message: expect.stringMatching(
      /^The video \w+ has failed\. UPSTREAM_FORBIDDEN: .* Nothing was charged\. A replay makes it anew\.$/,
    ),
  });

  const callbackUrl = zapier.address("/credits/2");
  const replayed = await zapier.run(PERFORM, { inputData: { prompt }, callbackUrl });
  expect(replayed).toMatchObject({ status: "CALLBACK", results: { reused: false } });
  expect(Object(replayed.results).id).not.toBe(id);
  // And a replay of the replay is the replay.
  const again = await zapier.run(PERFORM, { inputData: { prompt } });
  expect(again.results).toMatchObject({ id: Object(replayed.results).id, reused: true });
  await finish(prompt);
  await zapier.received("/credits/2");
  const resumed = await zapier.run(RESUME, { outputData: Object(replayed.results) });
  expect(resumed.results).toMatchObject({ status: "COMPLETED" });
  expect(begun(prompt)).toBe(1);
});

test("one that would come to the same halts the run, and is not made again", async () => {
  const { emulator, begun, finish } = running;
  const prompt = "Refused by the provider [fault:generation-error:content_policy:The prompt was refused.]";
  const ended = failing(prompt, "/refused/1");
  await finish(prompt);
  expect(await ended).toMatchObject({
    name: "HaltedError",
    message: expect.stringMatching(
      /GENERATION_FAILED: content_policy: The prompt was refused\. http.*\/videos\/video_/,
    ),
  });
  const { id } = await ended;
  expect(await failing(prompt, "/refused/2")).toMatchObject({ name: "HaltedError", id });
  expect(begun(prompt)).toBe(1);
  expect(emulator.charges.filter(({ generationId }) => generationId === id)).toEqual([]);
});

test("one that was canceled halts the run", async () => {
  const { zapier, emulator, begun } = running;
  const prompt = "Thought better of";
  const ended = failing(prompt, "/canceled");
  await emulator.until(() => begun(prompt) === 1);
  const { results } = await zapier.run(PERFORM, { inputData: { prompt } });
  const inputData = { videoId: Object(results).id };
  const canceled = await zapier.run("creates.cancelVideo.operation.perform", { inputData });
  expect(canceled.results).toMatchObject({ status: "CANCELED", upstreamMayStillCharge: true, file: null });
  expect(await ended).toMatchObject({ name: "HaltedError", message: expect.stringContaining("was canceled") });
});
