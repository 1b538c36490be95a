import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf } from "./refusal-of.ts";
import { type Running, startRunning } from "./running-gateway.ts";

const PERFORM = "creates.createVideo.operation.perform";
const RESUME = "creates.createVideo.operation.performResume";

let running: Running;
beforeAll(async () => {
  running = await startRunning();
});
afterAll(() => running[Symbol.asyncDispose]());

test("sleeps until the gateway calls, then gives the video with its file, and never the key", async () => {
  const { zapier, emulator, apiKey, finish } = running;
  const prompt = "A paper boat on a rainy street";
  const inputData = { prompt, durationSeconds: 4, aspectRatio: "PORTRAIT_9_16", generateAudio: false };
  const callbackUrl = zapier.address("/callback/whole");

  const started = await zapier.run(PERFORM, { inputData, callbackUrl });
  expect(started).toMatchObject({ status: "CALLBACK", results: { status: "ACCEPTED", file: null, reused: false } });
  expect(zapier.receivedCount("/callback/whole")).toBe(0);

  await finish(prompt);
  const call = JSON.parse((await zapier.received("/callback/whole")).body);
  const outputData = Object(started.results);
  const resumed = await zapier.run(RESUME, { inputData, outputData, cleanedRequest: call });

  expect(call).toMatchObject({ type: "video.completed", payloadVersion: 1, data: { id: outputData.id } });
  expect(resumed).toMatchObject({
    status: "SUCCESS",
    results: {
      ...call.data,
      durationSeconds: 4,
      aspectRatio: "PORTRAIT_9_16",
      generateAudio: false,
      status: "COMPLETED",
      cost: { chargedUsd: expect.any(Number) },
      studioUrl: `${running.url}/videos/${outputData.id}`,
      reused: false,
    },
  });
  const { url, file } = Object(resumed.results);
  const stored = await zapier.hydrate(file);
  expect(stored).toMatchObject({ name: `${outputData.id}.mp4`, type: "video/mp4" });
  expect(stored.bytes).toEqual(new Uint8Array(await (await fetch(url)).arrayBuffer()));
  expect(emulator.accepted.filter(({ body }) => body.prompt === prompt)).toHaveLength(1);

  expect(zapier.log()).toContain(outputData.id);
  expect(zapier.log()).not.toContain(apiKey);
});

test("is resumed with what the gateway says, whatever the call says", async () => {
  const { zapier } = running;
  const inputData = { prompt: "A video that somebody says is finished" };
  const { results } = await zapier.run(PERFORM, { inputData });
  const { id } = Object(results);
  const cleanedRequest = {
    type: "video.completed",
    data: { id, status: "COMPLETED", url: "https://evil.example/v.mp4" },
  };
  const resumed = zapier.run(RESUME, { inputData, outputData: Object(results), cleanedRequest });
  expect(await refusalOf(resumed)).toMatchObject({
    name: "ThrottledError",
    message: expect.stringMatching(`The video ${id} is not finished: `),
    delay: 60,
  });
});

test("does not sleep when it is tested in the editor, and is not called", async () => {
  const { zapier, finish, begun } = running;
  const prompt = "A test in the editor";
  const callbackUrl = zapier.address("/callback/sample");
  const sample = { inputData: { prompt }, meta: { isLoadingSample: true }, callbackUrl };
  const first = await zapier.run(PERFORM, sample);
  expect(first).toMatchObject({ status: "SUCCESS", results: { status: "ACCEPTED", reused: false } });

  // The same test again is not another video, and the real run afterwards is.
  const again = await zapier.run(PERFORM, sample);
  expect(again.results).toMatchObject({ id: Object(first.results).id, reused: true });
  const real = await zapier.run(PERFORM, { inputData: { prompt }, callbackUrl: zapier.address("/callback/real") });
  expect(real).toMatchObject({ status: "CALLBACK", results: { reused: false } });
  await finish(prompt, 2);
  await zapier.received("/callback/real");
  expect(begun(prompt)).toBe(2);
  expect(zapier.receivedCount("/callback/sample")).toBe(0);
});

test("sends a prompt as it is, curly brackets and all", async () => {
  const prompt = "The words {{bundle.authData.apiKey}} and {{process.env.HOME}} on a wall";
  const { results } = await running.zapier.run("creates.startVideo.operation.perform", { inputData: { prompt } });
  expect(results).toMatchObject({ prompt });
});

test("what the gateway cannot take halts the run, and says why", async () => {
  const { zapier } = running;
  const refused = (inputData: Record<string, unknown>) => refusalOf(zapier.run(PERFORM, { inputData }));
  expect(await refused({})).toEqual({
    name: "HaltedError",
    message: "prompt: Say what the video should show; the prompt is empty.",
  });
  expect(await refused({ prompt: "A boat", resolution: "P9000" })).toEqual({
    name: "HaltedError",
    message: 'Resolution: choose P720 or P1080, and not "P9000".',
  });
  expect(await refused({ prompt: "A boat", durationSeconds: "7" })).toMatchObject({
    name: "HaltedError",
    message: expect.stringContaining("4, 6 or 8 seconds"),
  });
  expect(await refused({ prompt: "A boat", maxUsd: "a dollar" })).toEqual({
    name: "HaltedError",
    message: 'Maximum Price (USD): "a dollar" is no number.',
  });
  expect(await refused({ prompt: "A boat", maxUsd: 0.001 })).toMatchObject({
    name: "HaltedError",
    message: expect.stringContaining("Nothing was made."),
  });
});

test("a run that has lost what it began with is halted", async () => {
  const { zapier } = running;
  expect(await refusalOf(zapier.run(RESUME, { outputData: {} }))).toMatchObject({ name: "HaltedError" });
  const gone = { outputData: { id: "video_01kaqg3v7hf0ctq9x2d3s8g4rn" } };
  expect(await refusalOf(zapier.run(RESUME, gone))).toMatchObject({
    name: "HaltedError",
    message: "The video video_01kaqg3v7hf0ctq9x2d3s8g4rn is not there any more.",
  });
});
