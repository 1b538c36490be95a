import { afterAll, beforeAll, expect, test } from "vitest";
import { refusalOf } from "./refusal-of.ts";
import { type Running, startRunning } from "./running-gateway.ts";

const START = "creates.startVideo.operation.perform";
const CANCEL = "creates.cancelVideo.operation.perform";
const DOWNLOAD = "creates.downloadVideo.operation.perform";
const FIND = "searches.findVideo.operation.perform";
const LIST = "searches.listVideos.operation.perform";

let running: Running;
let completed: { id: string; url: string };
beforeAll(async () => {
  running = await startRunning();
  const { zapier, finish } = running;
  const inputData = { prompt: "The first", externalId: "order-1042" };
  const { results } = await zapier.run(START, { inputData });
  const { id } = Object(results);
  await zapier.run("creates.createVideo.operation.perform", {
    inputData: { prompt: "The second", generateAudio: "no" },
    callbackUrl: zapier.address("/second"),
  });
  await finish("The first");
  await finish("The second");
  await zapier.received("/second");
  const { video } = await running.asAdmin("query ($id: ID!) { video(id: $id) { id url } }", { id });
  completed = { id, url: Object(video).url };
});
afterAll(() => running[Symbol.asyncDispose]());

test("Start Video does not wait", async () => {
  const inputData = { prompt: "Only begun", model: "veo-3.1-lite-generate-001", resolution: "P1080" };
  const started = await running.zapier.run(START, { inputData });
  expect(started).toMatchObject({
    status: "SUCCESS",
    results: {
      status: "ACCEPTED",
      model: "google/veo-3.1-lite-generate-001",
      resolution: "P1080",
      url: null,
      file: null,
    },
  });
});

test("Cancel Video ends a video, again and again, and no finished one", async () => {
  const { zapier } = running;
  const { results } = await zapier.run(START, { inputData: { prompt: "To be canceled" } });
  const inputData = { videoId: Object(results).id };
  for (const _ of ["once", "twice"]) {
    expect((await zapier.run(CANCEL, { inputData })).results).toMatchObject({
      id: inputData.videoId,
      status: "CANCELED",
      upstreamMayStillCharge: expect.any(Boolean),
    });
  }
  const finished = zapier.run(CANCEL, { inputData: { videoId: completed.id } });
  expect(await refusalOf(finished)).toMatchObject({ name: "HaltedError", message: expect.stringMatching(/finished/) });
});

test("Download Video File gives the file of a completed video", async () => {
  const { zapier } = running;
  const { results } = await zapier.run(DOWNLOAD, { inputData: { videoId: completed.id } });
  expect(results).toMatchObject({ ...completed, status: "COMPLETED" });
  const { bytes } = await zapier.hydrate(Object(results).file);
  expect(bytes).toEqual(new Uint8Array(await (await fetch(completed.url)).arrayBuffer()));
});

test("Download Video File halts where there is no file", async () => {
  const { zapier } = running;
  const download = (videoId: string) => refusalOf(zapier.run(DOWNLOAD, { inputData: { videoId } }));
  const { results } = await zapier.run(START, { inputData: { prompt: "Not yet there" } });
  expect(await download(Object(results).id)).toMatchObject({
    name: "HaltedError",
    message: expect.stringMatching(/has no file yet: (ACCEPTED|SUBMITTING|QUEUED|GENERATING)\.$/),
  });
  expect(await download("video_01kaqg3v7hf0ctq9x2d3s8g4rn")).toMatchObject({
    name: "HaltedError",
    message: "There is no video video_01kaqg3v7hf0ctq9x2d3s8g4rn, or this API key does not see it.",
  });
});

test("a file that is asked for and is not there is not taken for one", async () => {
  const { zapier } = running;
  const { results } = await zapier.run(START, { inputData: { prompt: "No file of this" } });
  const hydrated = zapier.run("hydrators.videoFile", { inputData: { id: Object(results).id } });
  expect(await refusalOf(hydrated)).toMatchObject({
    name: "HaltedError",
    message: expect.stringMatching(/has no file/),
  });
});

test("Find Video finds by id, by external id, by both, and nothing without an error", async () => {
  const { zapier } = running;
  const find = async (inputData: Record<string, unknown>) => (await zapier.run(FIND, { inputData })).results;
  const { id } = completed;
  const found = [expect.objectContaining({ ...completed, externalId: "order-1042" })];
  expect(await find({ id })).toEqual(found);
  expect(await find({ externalId: "order-1042" })).toEqual(found);
  expect(await find({ id, externalId: "order-1042" })).toEqual(found);
  expect(await find({ id, externalId: "order-1043" })).toEqual([]);
  expect(await find({ id: "video_01kaqg3v7hf0ctq9x2d3s8g4rn" })).toEqual([]);
  expect(await find({ externalId: "order-1043" })).toEqual([]);
  expect(await refusalOf(zapier.run(FIND))).toEqual({
    name: "HaltedError",
    message: "Give the video's id, or your own id for it.",
  });
});

test("List Videos gives all that fit, the newest first, as line items", async () => {
  const { zapier } = running;
  const list = async (inputData: Record<string, unknown>) => (await zapier.run(LIST, { inputData })).results;
  const prompts = (results: unknown) =>
    Object(results)[0]?.videos.map(({ prompt }: Record<string, unknown>) => prompt) ?? [];
  expect(prompts(await list({ status: ["COMPLETED"] }))).toEqual(["The second", "The first"]);
  expect(prompts(await list({ status: ["COMPLETED"], limit: 1 }))).toEqual(["The second"]);
  expect(prompts(await list({ search: "ORDER-1042" }))).toEqual(["The first"]);
  expect(await list({ search: "nothing has this" })).toEqual([]);
  const { createdAt } = Object(await list({ search: "The second" }))[0].videos[0];
  expect(prompts(await list({ status: ["COMPLETED"], createdBefore: createdAt }))).toEqual(["The first"]);
  expect(prompts(await list({ status: ["COMPLETED"], createdAfter: createdAt }))).toEqual([]);
  const [{ count, videos }] = Object(await list({ status: ["COMPLETED"] }));
  expect(count).toBe(2);
  expect((await zapier.hydrate(videos[0].file)).name).toBe(`${videos[0].id}.mp4`);
  expect(await refusalOf(zapier.run(LIST, { inputData: { limit: 1_000 } }))).toMatchObject({ name: "HaltedError" });
});
