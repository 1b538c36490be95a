import { createConnection, type Video } from "@reelwire/core/client";
import { describe, expect, test } from "vitest";
import { listen, type Watched, watchedOn } from "../src/shared-watch.ts";
import { someVideo } from "./some-video.ts";

/** Something to watch, that tells what it is told to tell. */
function watchable() {
  const told: { next: Promise<Video | Error | null>; tell: (what: Video | Error | null) => void }[] = [];
  const at = (index: number) => {
    const { promise: next, resolve: tell } = Promise.withResolvers<Video | Error | null>();
    told[index] ??= { next, tell };
    return told[index];
  };
  const begun: AbortSignal[] = [];
  let taken = 0;
  let said = 0;
  async function* begin(signal: AbortSignal) {
    begun.push(signal);
    for (;;) {
      const what = await at(taken++).next;
      if (what === null) return;
      if (what instanceof Error) throw what;
      yield what;
    }
  }
  return { begun, begin, tell: (what: Video | Error | null) => at(said++).tell(what) };
}

/** A listener that remembers, and can be waited for. */
function listener() {
  const heard: Watched[] = [];
  let wake = () => {};
  return {
    heard,
    hear(watched: Watched) {
      heard.push(watched);
      wake();
    },
    async until(count: number) {
      while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return heard;
    },
  };
}

const connection = () => createConnection({ url: "http://127.0.0.1:9/graphql" });
const video = someVideo();
const done = someVideo({ status: "COMPLETED", version: 2 });

describe("a watch", () => {
  test("is begun by the first who listens, and shared by all", async () => {
    const on = connection();
    const { begun, begin, tell } = watchable();
    const [one, other] = [listener(), listener()];
    listen(on, "a", begin, one.hear);
    listen(on, "a", begin, other.hear);
    tell(video);
    expect(await one.until(1)).toEqual([{ video, error: null }]);
    expect(await other.until(1)).toEqual([{ video, error: null }]);
    expect(begun).toHaveLength(1);
  });

  test("goes on where somebody leaves and comes back at once, and ends when all have left", async () => {
    const on = connection();
    const { begun, begin } = watchable();
    const leave = listen(on, "a", begin, () => {});
    leave();
    const leaveAgain = listen(on, "a", begin, () => {});
    expect(begun).toHaveLength(1);
    const ended = new Promise((resolve) => begun[0]?.addEventListener("abort", resolve));
    expect(begun[0]?.aborted).toBe(false);
    leaveAgain();
    await ended;
    expect(watchedOn(on, "a")).toEqual({ video: null, error: null });
  });

  test("that is over still tells whoever comes what it ended with", async () => {
    const on = connection();
    const { begun, begin, tell } = watchable();
    const [one, late] = [listener(), listener()];
    listen(on, "a", begin, one.hear);
    tell(done);
    tell(null);
    await one.until(1);
    listen(on, "a", begin, late.hear);
    expect(late.heard).toEqual([{ video: done, error: null }]);
    expect(begun).toHaveLength(1);
  });

  test("that has failed is begun again by whoever comes next, for all", async () => {
    const on = connection();
    const { begun, begin, tell } = watchable();
    const [one, late] = [listener(), listener()];
    listen(on, "a", begin, one.hear);
    tell(video);
    tell(new Error("No."));
    const [, failed] = await one.until(2);
    expect(failed).toMatchObject({ video, error: { message: "Error: No." } });
    listen(on, "a", begin, late.hear);
    tell(done);
    expect((await one.until(3)).at(-1)).toEqual({ video: done, error: null });
    expect(late.heard).toEqual([{ video: done, error: null }]);
    expect(begun).toHaveLength(2);
  });
});
