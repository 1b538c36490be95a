import { cleanup } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Connection, createConnection, createVideo, ReelwireProvider, useVideoStatus } from "../../src/index.ts";
import { type RunningGateway, runGateway } from "../running-gateway.ts";
import { renderLive } from "./render-live.tsx";

let on: RunningGateway;
beforeAll(async () => {
  on = await runGateway();
});
afterAll(() => on[Symbol.asyncDispose]());
afterEach(cleanup);

async function make(): Promise<string> {
  const { video } = await createVideo(createConnection({ url: on.url }), {
    prompt: "A paper boat",
    durationSeconds: 4,
  });
  return video.id;
}

/** A connection, and what was subscribed to on its websockets so far. */
function countedConnection(): { client: Connection; begun: string[] } {
  const begun: string[] = [];
  class CountedSocket extends WebSocket {
    override send(text: string): void {
      const { type, payload } = JSON.parse(text);
      if (type === "subscribe") begun.push(payload.variables.id);
      super.send(text);
    }
  }
  return { client: createConnection({ url: on.url, webSocketImpl: CountedSocket }), begun };
}

test("a video is told as it is now, then with every change", async () => {
  const id = await make();
  const around = (children: ReactNode) => <ReelwireProvider url={on.url}>{children}</ReelwireProvider>;
  const live = renderLive(() => useVideoStatus(id), { around });
  expect(live.now).toEqual({ video: null, status: null, progress: null, error: null });
  await live.until(({ status }) => status === "QUEUED");
  on.finishAll();
  const { video, progress } = await live.until(({ status }) => status === "COMPLETED");
  expect(video).toMatchObject({ id, url: expect.any(String) });
  expect(progress?.fraction).toBe(1);
});

test("many hooks on one video share one subscription, all of one connection one websocket, and StrictMode begins it once", async () => {
  const [one, other] = [await make(), await make()];
  const { client, begun } = countedConnection();
  const before = on.door.webSockets;
  const first = renderLive(() => [useVideoStatus(one, { client }), useVideoStatus(one, { client })]);
  const second = renderLive(() => [useVideoStatus(one, { client }), useVideoStatus(other, { client })]);
  await first.until((all) => all.every(({ video }) => video?.id === one));
  await second.until(([a, b]) => a?.video?.id === one && b?.video?.id === other);
  // Whoever comes later is told at once.
  const third = renderLive(() => useVideoStatus(one, { client }));
  expect(third.now.video).toMatchObject({ id: one });
  expect(begun.toSorted()).toEqual([one, other].toSorted());
  expect(on.door.webSockets).toBe(before + 1);

  const open = on.door.openWebSockets;
  first.unmount();
  third.unmount();
  on.finishAll();
  await second.until(([a]) => a?.status === "COMPLETED");
  await second.until(([, b]) => b?.status === "COMPLETED");
  expect(begun).toHaveLength(2);
  second.unmount();
  await on.door.until(() => on.door.openWebSockets === open - 1);
});

test("another id is another video, and none is none", async () => {
  const [one, other] = [await make(), await make()];
  const client = createConnection({ url: on.url });
  let id: string | null = one;
  const live = renderLive(() => useVideoStatus(id, { client }));
  await live.until(({ video }) => video?.id === one);
  id = other;
  live.rerender();
  await live.until(({ video }) => video?.id === other);
  id = null;
  live.rerender();
  expect(await live.until(({ video }) => video === null)).toMatchObject({ status: null, error: null });
});

test("a video that is not there is an error, which is asked about again by whoever comes next", async () => {
  const client = createConnection({ url: on.url });
  const id = "video_01kaqg3v7hf0ctq9x2d3s8g4rn";
  const live = renderLive(() => useVideoStatus(id, { client }));
  expect(await live.until(({ error }) => error !== null)).toMatchObject({ video: null, error: { code: "NOT_FOUND" } });
  const next = renderLive(() => useVideoStatus(id, { client }));
  expect(await next.until(({ error }) => error !== null)).toMatchObject({ error: { code: "NOT_FOUND" } });
});

test("a video stays in place while a new connection is made", async () => {
  const id = await make();
  let client = createConnection({ url: on.url });
  const live = renderLive(() => useVideoStatus(id, { client }));
  await live.until(({ status }) => status === "QUEUED");
  const { length } = live.all;
  client = createConnection({ url: on.url });
  live.rerender();
  on.finishAll();
  await live.until(({ status }) => status === "COMPLETED");
  expect(live.all.slice(length).every(({ video }) => video?.id === id)).toBe(true);
});
