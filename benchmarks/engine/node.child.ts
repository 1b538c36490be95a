/** One engine in a process of its own, driven by messages: `node --expose-gc node.child.ts OPTIONS`, the options as JSON. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseCreateVideoInput } from "../../packages/core/src/index.ts";
import { BUILT_IN_VIEWER, type EngineOptions, startEngine } from "../../packages/engine/src/index.ts";
import type { NodeCommand, NodeReport } from "./node.ts";

const options: EngineOptions = JSON.parse(process.argv[2] ?? "{}");
const engine = await startEngine(options);
const delay = monitorEventLoopDelay({ resolution: 5 });

/** Makes videos, some at a time, and returns how long each took, in milliseconds. */
async function create(count: number, atOnce: number): Promise<number[]> {
  const took: number[] = [];
  let begun = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (begun < count) {
        begun += 1;
        const startedAt = performance.now();
        await engine.createVideo(BUILT_IN_VIEWER, parseCreateVideoInput({ prompt: "a boat", durationSeconds: 4 }));
        took.push(performance.now() - startedAt);
      }
    }),
  );
  return took;
}

async function list(times: number): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const startedAt = performance.now();
    await engine.videos(BUILT_IN_VIEWER, {}, { limit: 50 });
    took.push(performance.now() - startedAt);
  }
  return took;
}

async function report(): Promise<NodeReport> {
  const loop = { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
  const cpu = process.cpuUsage();
  globalThis.gc?.();
  const { heapUsed, rss, external } = process.memoryUsage();
  const { active, unfinished } = await engine.health();
  const waiting = Object.values(unfinished).reduce((sum, count) => sum + count, 0);
  return {
    loop,
    heapUsed: heapUsed + external,
    rss,
    active,
    unfinished: waiting,
    accepted: unfinished.ACCEPTED ?? 0,
    cpuMs: (cpu.user + cpu.system) / 1_000,
  };
}

async function obey(command: NodeCommand): Promise<unknown> {
  switch (command.do) {
    case "create":
      return await create(command.count, command.atOnce);
    case "list":
      return await list(command.times);
    case "report":
      return await report();
    case "count":
      return await engine.health();
    case "measure":
      delay.enable();
      delay.reset();
      return null;
    case "close":
      await engine.close();
      return null;
  }
}

process.on("message", (command: NodeCommand) => {
  void obey(command).then((answer) => process.send?.({ id: command.id, answer }));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
