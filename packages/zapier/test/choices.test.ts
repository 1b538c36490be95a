import { MODELS } from "@reelwire/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Running, startRunning } from "./running-gateway.ts";

let running: Running;
beforeAll(async () => {
  running = await startRunning();
});
afterAll(() => running[Symbol.asyncDispose]());

test("models can be chosen from", async () => {
  const { results } = await running.zapier.run("triggers.modelChoices.operation.perform");
  expect(results).toEqual(MODELS.map(({ id, name }) => ({ id, name })));
});

test.each(["createVideo", "startVideo"])("what %s offers depends on the model", async (key) => {
  const method = `creates.${key}.operation.inputFields`;
  const fields = async (model?: string) => {
    const { results } = await running.zapier.run(method, { inputData: model === undefined ? {} : { model } });
    return Object(results);
  };
  const byDefault = await fields();
  expect(byDefault.map(({ key: name }: Record<string, unknown>) => name)).toEqual([
    "prompt",
    "sameInput",
    "model",
    "durationSeconds",
    "aspectRatio",
    "resolution",
    "personGeneration",
    "generateAudio",
    "imageUrl",
    "lastImageUrl",
    "maxUsd",
    "externalId",
    "idempotencyKey",
  ]);
  const named = (name: string) => byDefault.find(({ key: one }: Record<string, unknown>) => one === name);
  expect(named("durationSeconds")).toMatchObject({
    type: "integer",
    choices: [
      { value: "4", sample: "4", label: "4 seconds" },
      { value: "6", sample: "6", label: "6 seconds" },
      { value: "8", sample: "8", label: "8 seconds" },
    ],
  });
  expect(named("aspectRatio").choices[0]).toEqual({
    value: "LANDSCAPE_16_9",
    sample: "LANDSCAPE_16_9",
    label: "Landscape (16:9)",
  });
  // Named by an alias, and one that is gone since the Zap was made.
  expect(await fields("veo-3.1-lite-generate-001")).toEqual(byDefault);
  expect(await fields("somebody/model-of-the-past")).toEqual(byDefault);
});

test("videos can be chosen from, a page at a time, by what they show", async () => {
  const { zapier } = running;
  const start = (prompt: string, externalId?: string) =>
    zapier.run("creates.startVideo.operation.perform", { inputData: { prompt, externalId } });
  for (let number = 1; number <= 52; number += 1) await start(`Video ${number}`);
  const long = `${"very ".repeat(30)}long`;
  const { results: newest } = await start(long, "order-1");
  const page = async (key: string, number: number) => {
    const meta = { page: number, isFillingDynamicDropdown: true };
    return Object((await zapier.run(`triggers.${key}.operation.perform`, { meta })).results);
  };
  const first = await page("videoChoices", 0);
  const second = await page("videoChoices", 1);
  expect(first).toHaveLength(50);
  expect(first[0]).toEqual({ id: Object(newest).id, name: expect.stringMatching(/^(very )+.*… \(order-1\)$/) });
  expect(first[1].name).toBe("Video 52");
  expect(second.map(({ name }: Record<string, unknown>) => name)).toEqual(["Video 3", "Video 2", "Video 1"]);
  expect(await page("videoChoices", 2)).toEqual([]);

  expect(await page("unfinishedVideoChoices", 0)).toHaveLength(50);
  expect(await page("completedVideoChoices", 0)).toEqual([]);
  await zapier.run("creates.cancelVideo.operation.perform", { inputData: { videoId: Object(newest).id } });
  expect((await page("unfinishedVideoChoices", 0))[0].name).toBe("Video 52");
});
