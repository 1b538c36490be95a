import { afterAll, beforeAll, expect, test } from "vitest";
import app from "../src/index.ts";
import { flat, inputFieldProblems } from "./publishing-rules.ts";
import { type Running, startRunning } from "./running-gateway.ts";

let running: Running;
/** What each step and trigger really gives. */
const real = new Map<string, unknown>();

beforeAll(async () => {
  running = await startRunning();
  const { zapier, finish } = running;
  const give = async (method: string, key: string, run: object) => {
    const { results } = await zapier.run(method, run);
    const result = Array.isArray(results) ? results[0] : results;
    real.set(key, result);
    return Object(result);
  };
  const inputData = { prompt: "What really comes back", aspectRatio: "LANDSCAPE_16_9", externalId: "order-1042" };
  const begun = await zapier.run("creates.createVideo.operation.perform", {
    inputData,
    callbackUrl: zapier.address("/done"),
  });
  await finish(inputData.prompt);
  await zapier.received("/done");
  const outputData = Object(begun.results);
  await give("creates.createVideo.operation.performResume", "creates.createVideo", { outputData });
  await give("creates.downloadVideo.operation.perform", "creates.downloadVideo", {
    inputData: { videoId: outputData.id },
  });
  const { id } = await give("creates.startVideo.operation.perform", "creates.startVideo", {
    inputData: { prompt: "Only begun" },
  });
  await give("creates.cancelVideo.operation.perform", "creates.cancelVideo", { inputData: { videoId: id } });
  await give("searches.findVideo.operation.perform", "searches.findVideo", { inputData: { id: outputData.id } });
  await give("searches.listVideos.operation.perform", "searches.listVideos", { inputData: { status: ["COMPLETED"] } });

  const failing = { prompt: "One that fails [fault:generation-error]", externalId: "order-1043" };
  await zapier.run("creates.createVideo.operation.perform", {
    inputData: failing,
    callbackUrl: zapier.address("/failed"),
  });
  await finish(failing.prompt);
  await zapier.received("/failed");
  await give("triggers.videoFailed.operation.performList", "triggers.videoFailed", {});
  await give("triggers.videoCompleted.operation.performList", "triggers.videoCompleted", {});
  await give("triggers.videoFinished.operation.performList", "triggers.videoFinished", {
    inputData: { externalIdPrefix: "order-1042" },
  });
  for (const key of ["modelChoices", "videoChoices", "unfinishedVideoChoices", "completedVideoChoices"]) {
    if (key === "unfinishedVideoChoices") {
      await zapier.run("creates.startVideo.operation.perform", { inputData: { prompt: "Not finished" } });
    }
    await give(`triggers.${key}.operation.perform`, `triggers.${key}`, {});
  }
});
afterAll(() => running[Symbol.asyncDispose]());

const steps = [
  ...Object.entries(app.triggers).map(([key, step]) => [`triggers.${key}`, step.operation.sample] as const),
  ...Object.entries(app.searches).map(([key, step]) => [`searches.${key}`, step.operation.sample] as const),
  ...Object.entries(app.creates).map(([key, step]) => [`creates.${key}`, step.operation.sample] as const),
];

test.each(steps)("the sample of %s is what really comes back", (key, sample) => {
  const [expected, given] = [flat(Object(sample)), flat(Object(real.get(key)))];
  const isObject = (name: string, other: Map<string, unknown>) =>
    [...other.keys()].some((one) => one.startsWith(`${name}__`));
  const leaves = (values: Map<string, unknown>, other: Map<string, unknown>) =>
    [...values].filter(([name]) => !isObject(name, other) && !name.includes("__")).map(([name]) => name);
  // But for objects, which are null in one and not in the other, the fields are the same.
  expect(leaves(expected, given).sort()).toEqual(leaves(given, expected).sort());
  for (const [name, value] of given) {
    const like = expected.get(name);
    if (value === null || like == null) continue;
    expect(typeof value, name).toBe(typeof like);
  }
});

test.each([
  ["creates.createVideo", "COMPLETED"],
  ["creates.startVideo", "ACCEPTED"],
  ["creates.cancelVideo", "CANCELED"],
  ["creates.downloadVideo", "COMPLETED"],
  ["searches.findVideo", "COMPLETED"],
  ["triggers.videoCompleted", "COMPLETED"],
  ["triggers.videoFailed", "FAILED"],
  ["triggers.videoFinished", "COMPLETED"],
])("the sample of %s is of a video that is %s, and so is what comes", (key, status) => {
  expect(Object(new Map<string, unknown>(steps).get(key)).status).toBe(status);
  expect(real.get(key)).toMatchObject({ status });
});

test("what is asked for in a step that makes a video may be published", async () => {
  const { results } = await running.zapier.run("creates.createVideo.operation.inputFields");
  expect(inputFieldProblems(Object(results))).toEqual([]);
});
