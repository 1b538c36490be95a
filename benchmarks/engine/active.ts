import { type DatabaseKind, startSetting, until } from "./setting.ts";

/** What many videos under way at once cost their node. */
export interface Active {
  database: DatabaseKind;
  active: number;
  /** From the first `createVideo` until all were being carried, in seconds. */
  seconds: number;
  /** Heap for each, in bytes. */
  heapEach: number;
  rss: number;
  /** The delay of the event loop while all are under way, in milliseconds. */
  loop: { p50: number; p99: number; max: number };
  pollsPerSecond: number;
  /** Of one core. */
  cpu: number;
}

/** Has videos that never end carried by one node, and looks at it for a while. */
export async function measureActive(database: DatabaseKind, videos: number, watchMs: number): Promise<Active> {
  await using setting = await startSetting(database, 1e9);
  const node = await setting.start();
  const before = await node.report();
  const startedAt = performance.now();
  await node.create(videos, 50);
  // Under way for everybody: submitted, and answered.
  await until(async () => {
    const { active, unfinished } = await node.health();
    return active === videos && (unfinished.QUEUED ?? 0) + (unfinished.GENERATING ?? 0) === videos;
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const warm = await node.report();
  const polledBefore = await setting.upstream.counts();
  await node.measure();
  const measuredAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, watchMs));
  const after = await node.report();
  const elapsedMs = performance.now() - measuredAt;
  const polled = await setting.upstream.counts();
  return {
    database,
    active: after.active,
    seconds,
    heapEach: (after.heapUsed - before.heapUsed) / videos,
    rss: after.rss,
    loop: after.loop,
    pollsPerSecond: ((polled.status - polledBefore.status) / elapsedMs) * 1_000,
    cpu: (after.cpuMs - warm.cpuMs) / elapsedMs,
  };
}
