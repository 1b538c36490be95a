import { cleanup } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type Connection,
  cancelVideo,
  createConnection,
  createVideo,
  type LiveVideos,
  ReelwireProvider,
  useVideos,
  type VideoFilter,
} from "../../src/index.ts";
import type { Passage } from "../door.ts";
import { type RunningGateway, runGateway } from "../running-gateway.ts";
import { renderLive } from "./render-live.tsx";

let on: RunningGateway;
let elsewhere: Connection;
beforeAll(async () => {
  on = await runGateway();
  elsewhere = createConnection({ url: on.url });
});
afterAll(() => on[Symbol.asyncDispose]());
afterEach(() => {
  cleanup();
  on.door.isShutTo = () => false;
  on.door.holds = () => null;
  on.door.holdsAnswerOf = () => null;
});

const around = (children: ReactNode) => <ReelwireProvider url={on.url}>{children}</ReelwireProvider>;
const bySocketAlone = (children: ReactNode) => (
  <ReelwireProvider url={on.url} transports={["websocket"]}>
    {children}
  </ReelwireProvider>
);
const prompts = ({ videos }: LiveVideos) => videos.map(({ prompt }) => prompt);
const isWatching = ({ isWebSocket, path }: Passage) => isWebSocket || path.includes("stream");
const isRead = ({ isPending }: LiveVideos) => !isPending;

/** As another page would. */
async function make(prompt: string): Promise<string> {
  return (await createVideo(elsewhere, { prompt, durationSeconds: 4 })).video.id;
}
async function makeAll(...all: string[]): Promise<void> {
  for (const prompt of all) await make(prompt);
}
/**
 * Resolves when a list that is begun after this has been read again because its watching has begun: what comes from then on is told, and
 * not read.
 */
function isWatched(search: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let answers = 0;
  on.door.holdsAnswerOf = ({ body }) => {
    if (body.includes(`"search":"${search}"`) && ++answers === 2) resolve();
    return null;
  };
  return promise;
}

/** Lists that were asked for. */
const asked = () => on.door.passages.filter(({ body }) => body.includes("query ListVideos")).length;

describe("a live list", () => {
  test("is read page by page, the newest first", async () => {
    await makeAll("page 1", "page 2", "page 3", "page 4", "page 5");
    const live = renderLive(() => useVideos({ search: "page" }, { pageSize: 2 }), { around });
    expect(live.now).toMatchObject({ videos: [], isPending: true });
    expect(prompts(await live.until(isRead))).toEqual(["page 5", "page 4"]);
    expect(live.now.hasMore).toBe(true);
    live.now.loadMore();
    live.now.loadMore();
    await live.until(({ isLoadingMore }) => isLoadingMore);
    await live.until(({ videos }) => videos.length === 4);
    live.now.loadMore();
    const { hasMore } = await live.until(({ videos }) => videos.length === 5);
    expect(hasMore).toBe(false);
    expect(prompts(live.now)).toEqual(["page 5", "page 4", "page 3", "page 2", "page 1"]);
  });

  test("has new ones on top, what changes in its place, and leaves out what no longer matches", async () => {
    await makeAll("live 1", "live 2");
    const lists = renderLive(
      () => ({
        unfinished: useVideos({ search: "LIVE", status: ["ACCEPTED", "SUBMITTING", "QUEUED", "GENERATING"] }),
        all: useVideos({ search: "live" }),
      }),
      { around },
    );
    await lists.until(({ unfinished, all }) => isRead(unfinished) && isRead(all));
    await makeAll("live 3", "other");
    await lists.until(({ unfinished, all }) => unfinished.videos.length === 3 && all.videos.length === 3);
    await lists.until(({ all }) => all.videos.every(({ status }) => status === "QUEUED" || status === "GENERATING"));
    expect(prompts(lists.now.all)).toEqual(["live 3", "live 2", "live 1"]);
    on.finishAll();
    await lists.until(({ unfinished }) => unfinished.videos.length === 0);
    const { all } = await lists.until(({ all }) => all.videos.every(({ status }) => status === "COMPLETED"));
    expect(prompts(all)).toEqual(["live 3", "live 2", "live 1"]);
  });

  test("is not read anew because its filter is another object that says the same", async () => {
    await makeAll("same 1");
    let filter: VideoFilter = { search: "same" };
    const watched = isWatched("same");
    const live = renderLive(() => useVideos({ ...filter }), { around, strict: false });
    await watched;
    await make("same 2");
    await live.until(({ videos }) => videos.length === 2);
    const before = asked();
    live.rerender();
    live.rerender();
    await make("same 3");
    await live.until(({ videos }) => videos.length === 3);
    expect(asked()).toBe(before);
    filter = { search: "same 1" };
    live.rerender();
    // What matches stays while it is read.
    expect(prompts(await live.until(({ isPending }) => isPending))).toEqual(["same 1"]);
    expect(prompts(await live.until(isRead))).toEqual(["same 1"]);
    expect(asked()).toBe(before + 1);
  });

  test("shows the answer to the newest filter, also when an older one comes later", async () => {
    await makeAll("race 1", "race 2");
    let search = "race 1";
    const held = Promise.withResolvers<void>();
    on.door.holds = ({ body }) => (body.includes('"race 1"') ? held.promise : null);
    const live = renderLive(() => useVideos({ search }), { around, strict: false });
    await on.door.until(() => on.door.passages.some(({ body }) => body.includes('"race 1"')));
    search = "race 2";
    live.rerender();
    expect(prompts(await live.until(isRead))).toEqual(["race 2"]);
    held.resolve();
    on.door.holds = () => null;
    live.now.refetch();
    await live.until(({ isPending }) => isPending);
    expect(prompts(await live.until(isRead))).toEqual(["race 2"]);
  });

  test("is read again after a lost connection, as far as it was read", async () => {
    await makeAll("lost 1", "lost 2", "lost 3");
    const live = renderLive(() => useVideos({ search: "lost" }, { pageSize: 2 }), { around, strict: false });
    await live.until(isRead);
    live.now.loadMore();
    await live.until(({ videos }) => videos.length === 3);
    await on.door.until(() => on.door.openWebSockets > 0);
    on.door.isShutTo = isWatching;
    on.door.cut();
    await on.door.until(() => on.door.openWebSockets === 0);
    // Nobody tells of this one: it is final.
    await cancelVideo(elsewhere, await make("lost 4"));
    on.door.isShutTo = () => false;
    await live.until(({ videos }) => videos.length === 4);
    expect(prompts(live.now)).toEqual(["lost 4", "lost 3", "lost 2", "lost 1"]);
  });

  test("misses nothing that happens between its first answer and the beginning of the watching", async () => {
    const held = Promise.withResolvers<void>();
    on.door.holdsAnswerOf = ({ body }) => (body.includes('"search":"between"') ? held.promise : null);
    on.door.isShutTo = isWatching;
    const lists = renderLive(
      () => ({ late: useVideos({ search: "between" }), sign: useVideos({ search: "a sign" }) }),
      { around: bySocketAlone, strict: false },
    );
    await lists.until(({ sign }) => isRead(sign));
    await cancelVideo(elsewhere, await make("between"));
    on.door.isShutTo = () => false;
    await make("a sign");
    // Either told or read again: by then the watching has begun.
    await lists.until(({ sign }) => sign.videos.length === 1);
    expect(lists.now.late).toMatchObject({ videos: [], isPending: true });
    held.resolve();
    await lists.until(({ late }) => late.videos.length === 1);
  });

  test("does not show an older answer in place of a newer one", async () => {
    const held = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    on.door.holdsAnswerOf = ({ body }) => {
      if (!body.includes('"search":"older"')) return null;
      first.resolve();
      return held.promise;
    };
    on.door.isShutTo = isWatching;
    const lists = renderLive(() => ({ list: useVideos({ search: "older" }), sign: useVideos({ search: "a sign" }) }), {
      around: bySocketAlone,
      strict: false,
    });
    await first.promise;
    await cancelVideo(elsewhere, await make("older"));
    on.door.holdsAnswerOf = () => null;
    lists.now.list.refetch();
    await lists.until(({ list }) => list.videos.length === 1);
    held.resolve();
    for (let times = 0; times < 3; times++) {
      lists.now.sign.refetch();
      await lists.until(({ sign }) => sign.isPending);
      await lists.until(({ sign }) => isRead(sign));
    }
    expect(prompts(lists.now.list)).toEqual(["older"]);
  });

  test("reads the next page after it has read itself again, where that was asked for meanwhile", async () => {
    await makeAll("meanwhile 1", "meanwhile 2", "meanwhile 3");
    const watched = isWatched("meanwhile");
    const live = renderLive(() => useVideos({ search: "meanwhile" }, { pageSize: 2 }), { around, strict: false });
    await watched;
    await make("meanwhile 4");
    await live.until(({ videos }) => videos.length === 3);
    const held = Promise.withResolvers<void>();
    const again = Promise.withResolvers<void>();
    on.door.holds = ({ body }) => {
      if (!body.includes('"search":"meanwhile"')) return null;
      again.resolve();
      return held.promise;
    };
    on.door.cut();
    await again.promise;
    live.now.loadMore();
    await live.until(({ isLoadingMore }) => isLoadingMore);
    held.resolve();
    await live.until(({ videos, isLoadingMore }) => videos.length === 4 && !isLoadingMore);
  });

  test("of another filter is that alone, also where more was being read of the one before", async () => {
    await makeAll("filter a 1", "filter a 2", "filter b 1");
    let search = "filter a";
    const held = Promise.withResolvers<void>();
    const live = renderLive(() => useVideos({ search }, { pageSize: 1 }), { around, strict: false });
    await live.until(isRead);
    const more = Promise.withResolvers<void>();
    on.door.holds = ({ body }) => {
      if (!/"after":"/.test(body)) return null;
      more.resolve();
      return held.promise;
    };
    live.now.loadMore();
    await more.promise;
    search = "filter b";
    live.rerender();
    expect(prompts(await live.until((now) => isRead(now) && now.videos[0]?.prompt === "filter b 1"))).toHaveLength(1);
    held.resolve();
    live.now.refetch();
    await live.until(({ isPending }) => isPending);
    expect(await live.until(isRead)).toMatchObject({ isLoadingMore: false, hasMore: false });
    expect(prompts(live.now)).toEqual(["filter b 1"]);
  });

  test("says what is wrong with its filter", async () => {
    const live = renderLive(() => useVideos({ status: [] }), { around });
    const { error } = await live.until(({ error }) => error !== null);
    expect(error).toMatchObject({ code: "BAD_INPUT", issues: [{ path: ["filter", "status"] }] });
    expect(live.now.isPending).toBe(false);
  });

  test("says that it cannot be read, and is read when asked again", async () => {
    await makeAll("again 1");
    const client = createConnection({ url: on.url, retries: 0 });
    on.door.isShutTo = ({ body }) => body.includes("query ListVideos");
    const live = renderLive(() => useVideos({ search: "again" }, { client }));
    expect(await live.until(({ error }) => error !== null)).toMatchObject({
      error: { code: "NETWORK" },
      isPending: false,
    });
    on.door.isShutTo = () => false;
    live.now.refetch();
    expect(await live.until(({ isPending }) => isPending)).toMatchObject({ error: null });
    expect(prompts(await live.until(isRead))).toEqual(["again 1"]);
  });

  test("of another kind is on the same websocket, and the last to leave closes it", async () => {
    const client = createConnection({ url: on.url });
    const before = on.door.webSockets;
    const one = renderLive(() => useVideos({ search: "live 1" }, { client }));
    const other = renderLive(() => useVideos({ search: "live 2" }, { client }));
    await Promise.all([one.until(isRead), other.until(isRead)]);
    await on.door.until(() => on.door.webSockets > before);
    one.unmount();
    await make("live 20");
    await other.until(({ videos }) => videos.length === 2);
    expect(on.door.webSockets).toBe(before + 1);
    const open = on.door.openWebSockets;
    other.unmount();
    await on.door.until(() => on.door.openWebSockets === open - 1);
  });
});
