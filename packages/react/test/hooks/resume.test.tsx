import { cleanup } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type CreateVideo, createConnection, ReelwireProvider, useCreateVideo } from "../../src/index.ts";
import { type RunningGateway, runGateway } from "../running-gateway.ts";
import { renderLive } from "./render-live.tsx";

let on: RunningGateway;
beforeAll(async () => {
  on = await runGateway();
});
afterAll(() => on[Symbol.asyncDispose]());
beforeEach(() => localStorage.clear());
afterEach(() => {
  cleanup();
  on.door.isShutTo = () => false;
  on.door.losesAnswerOf = () => false;
  on.door.holds = () => null;
});

const INPUT = { prompt: "A paper boat", durationSeconds: 4 };
const around = (children: ReactNode) => (
  <ReelwireProvider url={on.url} retries={0} retryDelayMs={50}>
    {children}
  </ReelwireProvider>
);
const renderIt = (resumeKey = "maker") => renderLive(() => useCreateVideo({ resumeKey }), { around });
const isUnderWay = ({ status }: CreateVideo) => status === "QUEUED" || status === "GENERATING";
const isOver = ({ isPending, video }: CreateVideo) => !isPending && video !== null;
const kept = () => JSON.parse(localStorage.getItem("reelwire:maker") ?? "null");
const asked = () => on.door.passages.filter(({ body }) => body.includes("mutation CreateVideo")).length;

describe("after a reload", () => {
  test("the running video is found by its id, and watched to its end", async () => {
    const before = renderIt();
    const saved = await before.now.createVideo(INPUT);
    await before.until(isUnderWay);
    before.unmount();

    const after = renderIt();
    expect(await after.until(isUnderWay)).toMatchObject({ isPending: true, video: { id: saved?.id } });
    on.finishAll();
    expect(await after.until(isOver)).toMatchObject({ status: "COMPLETED", video: { id: saved?.id }, error: null });
  });

  test("before the answer, it is found by its key", async () => {
    const saved = Promise.withResolvers<void>();
    on.door.losesAnswerOf = ({ body }) => body.includes("mutation CreateVideo");
    const before = renderIt();
    const lost = before.now.createVideo(INPUT);
    expect(await lost).toBeNull();
    saved.resolve();
    expect(kept()).toEqual({ idempotencyKey: expect.stringMatching(/^[0-9a-f]{32}$/) });
    before.unmount();

    on.door.losesAnswerOf = () => false;
    const after = renderIt();
    const { video } = await after.until(isUnderWay);
    expect(video?.idempotencyKey).toBe(kept().idempotencyKey);
    expect(kept()).toMatchObject({ id: video?.id });
  });

  test("whoever asks for one at once is given the one that runs", async () => {
    const before = renderIt();
    const saved = await before.now.createVideo(INPUT);
    before.unmount();
    const askedBefore = asked();
    const after = renderIt();
    expect(await after.now.createVideo({ prompt: "Another" })).toMatchObject({ id: saved?.id });
    expect(asked()).toBe(askedBefore);
  });

  test("whoever asks for one at once is given another, where the one before is finished", async () => {
    const before = renderIt();
    const saved = await before.now.createVideo(INPUT);
    await before.until(isUnderWay);
    on.finishAll();
    await before.until(isOver);
    before.unmount();
    const after = renderIt();
    const second = await after.now.createVideo(INPUT);
    expect(second?.id).not.toBe(saved?.id);
    expect(kept()).toMatchObject({ id: second?.id });
    expect(await after.until(isUnderWay)).toMatchObject({ video: { id: second?.id } });
  });

  test("in the same page, before the answer, it is waited for", async () => {
    const held = Promise.withResolvers<void>();
    on.door.holds = ({ body }) => (body.includes("mutation CreateVideo") ? held.promise : null);
    const client = createConnection({ url: on.url });
    const before = renderLive(() => useCreateVideo({ resumeKey: "maker", client }));
    const saving = before.now.createVideo(INPUT);
    await vi.waitUntil(() => kept() !== null);
    const looks = () => on.door.passages.filter(({ body }) => body.includes("query ListVideos")).length;
    const looksBefore = looks();
    before.unmount();
    const after = renderLive(() => useCreateVideo({ resumeKey: "maker", client }));
    await after.until(({ isPending }) => isPending);
    held.resolve();
    expect((await after.until(isUnderWay)).video?.id).toBe((await saving)?.id);
    expect(looks()).toBe(looksBefore);
  });

  test("it is found when the gateway is there again", async () => {
    const before = renderIt();
    const saved = await before.now.createVideo(INPUT);
    before.unmount();
    on.door.isShutTo = () => true;
    const shut = on.door.passages.length;
    const after = renderIt();
    await after.until(({ isPending }) => isPending);
    await on.door.until(() => on.door.passages.length > shut + 1);
    expect(after.now).toMatchObject({ isPending: true, error: null });
    on.door.isShutTo = () => false;
    expect((await after.until(isUnderWay)).video?.id).toBe(saved?.id);
  });

  test("it is looked for no more once the hook is unmounted", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    let looks = 0;
    const client = createConnection({
      url: on.url,
      async fetch() {
        looks++;
        throw new TypeError("There is no network here.");
      },
      retries: 0,
    });
    localStorage.setItem("reelwire:maker", JSON.stringify({ idempotencyKey: "k", id: "video_1" }));
    const live = renderLive(() => useCreateVideo({ resumeKey: "maker", client }));
    await live.until(({ isPending }) => isPending);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(looks).toBeGreaterThan(1);
    const before = looks;
    live.unmount();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(looks).toBe(before);
  });

  test("it can be canceled before it is found", async () => {
    const before = renderIt();
    const saved = await before.now.createVideo(INPUT);
    before.unmount();
    const after = renderIt();
    expect((await after.now.cancel())?.video).toMatchObject({ id: saved?.id, status: "CANCELED" });
  });

  test("a finished one is there again", async () => {
    const before = renderIt();
    const saved = await before.now.createVideo(INPUT);
    await before.until(isUnderWay);
    on.finishAll();
    await before.until(isOver);
    before.unmount();
    expect(await renderIt().until(isOver)).toMatchObject({ status: "COMPLETED", video: { id: saved?.id } });
  });
});

describe("is forgotten", () => {
  test("silently: a video that is not there, or somebody else's", async () => {
    localStorage.setItem(
      "reelwire:maker",
      JSON.stringify({ idempotencyKey: "k", id: "video_01kaqg3v7hf0ctq9x2d3s8g4rn" }),
    );
    const live = renderIt();
    await live.until(({ isPending }) => isPending);
    expect(await live.until(({ isPending }) => !isPending)).toMatchObject({ video: null, error: null });
    expect(kept()).toBeNull();
  });

  test("silently: one that never arrived", async () => {
    localStorage.setItem("reelwire:maker", JSON.stringify({ idempotencyKey: "never-arrived" }));
    const live = renderIt();
    await live.until(({ isPending }) => isPending);
    expect(await live.until(({ isPending }) => !isPending)).toMatchObject({ video: null, error: null });
    expect(kept()).toBeNull();
  });

  test("one that was refused", async () => {
    const live = renderIt();
    expect(await live.now.createVideo({ prompt: "" })).toBeNull();
    expect(kept()).toBeNull();
  });

  test("by reset, also while its answer is on its way", async () => {
    const live = renderIt();
    await live.now.createVideo(INPUT);
    live.now.reset();
    await live.until(({ video }) => video === null);
    await vi.waitUntil(() => kept() === null);
    const held = Promise.withResolvers<void>();
    on.door.holds = ({ body }) => (body.includes("mutation CreateVideo") ? held.promise : null);
    const saving = live.now.createVideo(INPUT);
    await vi.waitUntil(() => kept() !== null);
    live.now.reset();
    await vi.waitUntil(() => kept() === null);
    held.resolve();
    expect(await saving).toMatchObject({ status: "ACCEPTED" });
    expect(kept()).toBeNull();
  });

  test("by another one", async () => {
    const live = renderIt();
    await live.now.createVideo(INPUT);
    await live.until(isUnderWay);
    on.finishAll();
    await live.until(isOver);
    const second = await live.now.createVideo(INPUT);
    expect(kept().id).toBe(second?.id);
    live.unmount();
    expect((await renderIt().until(isUnderWay)).video?.id).toBe(second?.id);
  });

  test("not by what is made elsewhere on the page", async () => {
    const here = renderIt("here");
    const there = renderIt("there");
    const [saved] = await Promise.all([here.now.createVideo(INPUT), there.now.createVideo(INPUT)]);
    here.unmount();
    there.unmount();
    expect((await renderIt("here").until(isUnderWay)).video?.id).toBe(saved?.id);
  });
});

describe("a storage", () => {
  test.each([
    [
      "that is kept from the page",
      () => {
        throw new DOMException("No.", "SecurityError");
      },
    ],
    [
      "that is full",
      () => ({
        getItem: () => null,
        removeItem() {},
        setItem() {
          throw new DOMException("Full.", "QuotaExceededError");
        },
      }),
    ],
    ["that has something else there", () => ({ getItem: () => "not JSON", removeItem() {}, setItem() {} })],
  ])("%s does not keep a video from being made", async (_, get) => {
    const storage = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
    Object.defineProperty(globalThis, "localStorage", { get, configurable: true });
    try {
      const live = renderIt();
      expect(await live.now.createVideo(INPUT)).toMatchObject({ status: "ACCEPTED" });
      await live.until(isUnderWay);
      cleanup();
    } finally {
      if (storage !== undefined) Object.defineProperty(globalThis, "localStorage", storage);
    }
  });
});
