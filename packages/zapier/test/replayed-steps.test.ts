import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { solidPng } from "@reelwire/gateway-for-tests";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { app } from "../src/app.ts";
import { refusalOf } from "./refusal-of.ts";
import { type Running, startRunning } from "./running-gateway.ts";

const CREATE = "creates.createVideo.operation.perform";
const START = "creates.startVideo.operation.perform";
const HOUR_MS = 60 * 60_000;

let running: Running;
beforeAll(async () => {
  running = await startRunning();
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => running[Symbol.asyncDispose]());

/** Runs something some hours from now, by the clock of what runs in Zapier. */
async function hoursLater<T>(hours: number, run: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + hours * HOUR_MS });
  try {
    return await run();
  } finally {
    vi.useRealTimers();
  }
}

/** Files as Zapier gives them: at another address each time. */
async function serveFiles(
  files: Readonly<Record<string, Buffer>>,
): Promise<AsyncDisposable & { url(name: string): string }> {
  let asked = 0;
  const server = createServer((request, response) => {
    const name = request.url?.split("/").at(-1) ?? "";
    response.writeHead(files[name] ? 200 : 404, { "content-type": "image/png" }).end(files[name]);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url(name) {
      asked += 1;
      return `http://127.0.0.1:${port}/hydrate/${asked}/${name}`;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

test("a replayed step pays once, and each try is called back", async () => {
  const { zapier, finish, begun } = running;
  const prompt = "A step that is replayed";
  const run = (path: string) =>
    zapier.run(CREATE, { inputData: { prompt, durationSeconds: "8" }, callbackUrl: zapier.address(path) });
  const [first, second] = [await run("/replay/1"), await run("/replay/2")];
  expect(second).toMatchObject({
    status: "CALLBACK",
    results: { id: Object(first.results).id, reused: true },
  });

  await finish(prompt);
  await Promise.all([zapier.received("/replay/1"), zapier.received("/replay/2")]);
  // Long after the video is finished: it is called back at once.
  const third = await run("/replay/3");
  expect(third).toMatchObject({ status: "CALLBACK", results: { id: Object(first.results).id, status: "COMPLETED" } });
  const call = JSON.parse((await zapier.received("/replay/3")).body);
  expect(call.data.id).toBe(Object(first.results).id);
  expect(begun(prompt)).toBe(1);
});

test.each([
  ["Create Video", CREATE],
  ["Start Video", START],
])("%s: two tries at the same moment pay once", async (title, method) => {
  const { zapier, finish, begun } = running;
  const inputData = { prompt: `${title}, twice at once` };
  const tries = await Promise.all([zapier.run(method, { inputData }), zapier.run(method, { inputData })]);
  expect(new Set(tries.map(({ results }) => Object(results).id)).size).toBe(1);
  await finish(inputData.prompt);
  expect(begun(inputData.prompt)).toBe(1);
});

test("another input, another action, is another video", async () => {
  const { zapier } = running;
  const prompt = "Almost the same";
  const ids = [];
  for (const [method, inputData] of [
    [START, { prompt }],
    [START, { prompt, generateAudio: false }],
    [START, { prompt, externalId: "order-1" }],
    [CREATE, { prompt }],
  ] as const) {
    ids.push(Object((await zapier.run(method, { inputData })).results).id);
  }
  expect(new Set(ids).size).toBe(4);
  // What a video may cost is not what it is made of.
  const dearer = await zapier.run(START, { inputData: { prompt, maxUsd: 100 } });
  expect(dearer.results).toMatchObject({ id: ids[0], reused: true });
});

test("the same in another Zap is another video, and in the same Zap it is the same", async () => {
  const { zapier } = running;
  const inputData = { prompt: "The same in two Zaps" };
  const inZap = async (zap?: { id: string | number }) =>
    Object((await zapier.run(START, { inputData, meta: zap === undefined ? {} : { zap } })).results);
  const [one, other, untold] = [await inZap({ id: "101" }), await inZap({ id: "102" }), await inZap()];
  expect(new Set([one.id, other.id, untold.id]).size).toBe(3);
  expect(await inZap({ id: 101 })).toMatchObject({ id: one.id, reused: true });
});

test("two runs of the same input that differ in their external id are two videos", async () => {
  const run = async (externalId: string) =>
    Object((await running.zapier.run(START, { inputData: { prompt: "A form filled in alike", externalId } })).results);
  const [one, other] = [await run("answer-1"), await run("answer-2")];
  expect(other).toMatchObject({ reused: false });
  expect(await run("answer-1")).toMatchObject({ id: one.id, reused: true });
});

test.each(["createVideo", "startVideo"] as const)("the form of %s says that the same input is one video", (key) => {
  const { inputFields = [] } = app.creates[key].operation;
  const said = inputFields.flatMap((field) =>
    "key" in field ? [[field.key, "type" in field ? field.type : null, field.helpText] as const] : [],
  );
  expect(said.slice(0, 2)).toEqual([
    ["prompt", "text", expect.any(String)],
    ["sameInput", "copy", expect.stringMatching(/same input .*12 hours .*\*\*one\*\* video/)],
  ]);
  const helpOf = (name: string) => said.find(([one]) => one === name)?.[2];
  expect(helpOf("idempotencyKey")).toContain("all runs of this Zap with the same input within 12 hours give one video");
  expect(helpOf("externalId")).toContain("each run makes a video of its own");
});

test("a replay within twelve hours is the same run, and one after that another", async () => {
  const { zapier } = running;
  const inputData = { prompt: "The same every day" };
  const start = () => zapier.run(START, { inputData });
  const { id } = Object((await start()).results);
  for (const hours of [1, 6, 10.6, 11.9]) {
    expect((await hoursLater(hours, start)).results, `${hours} hours`).toMatchObject({ id, reused: true });
  }
  expect((await hoursLater(12.1, start)).results).toMatchObject({ reused: false });
});

test("an image counts by what it shows, wherever Zapier has put it", async () => {
  const { zapier, finish, begun } = running;
  await using files = await serveFiles({ "first.png": solidPng(1280, 720, 1), "last.png": solidPng(1280, 720, 2) });
  const prompt = "From a grey picture to another";
  const run = (path: string, last: string) =>
    zapier.run(CREATE, {
      inputData: { prompt, imageUrl: files.url("first.png"), lastImageUrl: files.url(last) },
      callbackUrl: zapier.address(path),
    });
  const first = await run("/images/1", "last.png");
  const again = await run("/images/2", "last.png");
  expect(again.results).toMatchObject({ id: Object(first.results).id, reused: true });
  const other = await run("/images/3", "first.png");
  expect(other.results).toMatchObject({ reused: false });

  await finish(prompt, 2);
  await Promise.all(["/images/1", "/images/2", "/images/3"].map((path) => zapier.received(path)));
  expect(begun(prompt)).toBe(2);
  const { body } = running.emulator.accepted.filter(({ body }) => body.prompt === prompt)[0] ?? {};
  expect(body?.image_url).toMatch(/^data:image\/png;base64,/);
});

test("two tries at the same moment with an image pay once", async () => {
  const { zapier } = running;
  await using files = await serveFiles({ "first.png": solidPng(1280, 720, 3) });
  const prompt = "Twice at once from a picture";
  const run = () => zapier.run(START, { inputData: { prompt, imageUrl: files.url("first.png") } });
  const tries = await Promise.all([run(), run(), run()]);
  expect(new Set(tries.map(({ results }) => Object(results).id)).size).toBe(1);
});

test("an image that cannot be had, or is none, halts the run before anything is made", async () => {
  const { zapier, begun } = running;
  await using files = await serveFiles({ "tiny.png": solidPng(64, 64), "none.png": Buffer.from("no image") });
  const prompt = "With a bad picture";
  const refused = (name: string) => refusalOf(zapier.run(START, { inputData: { prompt, imageUrl: files.url(name) } }));
  expect(await refused("missing.png")).toEqual({
    name: "HaltedError",
    message: "First Frame: the image could not be fetched: it answers 404.",
  });
  expect(await refused("tiny.png")).toMatchObject({ name: "HaltedError", message: expect.stringContaining("720") });
  expect(await refused("none.png")).toMatchObject({ name: "HaltedError", message: expect.stringMatching(/image/i) });
  expect(begun(prompt)).toBe(0);
});

test("a data URI goes to the gateway as it is", async () => {
  const imageUrl = `data:image/png;base64,${solidPng().toString("base64")}`;
  const inputData = { prompt: "From a data URI", imageUrl };
  const { results } = await running.zapier.run(START, { inputData });
  const { video } = await running.asAdmin("query ($id: ID!) { video(id: $id) { imageUrl } }", {
    id: Object(results).id,
  });
  expect(video).toEqual({ imageUrl });
});

test("a key of the user's own wins: any time later, and against another input", async () => {
  const { zapier } = running;
  const inputData = { prompt: "By a key", idempotencyKey: "order-7-intro" };
  const first = await zapier.run(START, { inputData });
  expect(first.results).toMatchObject({ idempotencyKey: "order-7-intro", reused: false });
  const { id } = Object(first.results);
  expect((await hoursLater(1_000, () => zapier.run(START, { inputData }))).results).toMatchObject({ id, reused: true });
  const other = zapier.run(START, { inputData: { ...inputData, prompt: "Another" } });
  expect(await refusalOf(other)).toMatchObject({
    name: "HaltedError",
    message: expect.stringContaining("idempotency key"),
  });
  const another = await zapier.run(START, { inputData: { ...inputData, idempotencyKey: "order-7-outro" } });
  expect(another.results).toMatchObject({ reused: false });
});
