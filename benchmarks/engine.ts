/**
 * How much the engine carries, how fast, and what it costs: `pnpm build`, then `node benchmarks/engine.ts [part …]`, the parts being
 * carried, active, takeover, growth and bus; all of them for a default, which takes about fifteen minutes. The engine, the emulator and
 * PostgreSQL each have processes of their own on this machine, and share its cores. Prints Markdown.
 */
import { measureActive } from "./engine/active.ts";
import { measureBus } from "./engine/bus.ts";
import { measureCarried } from "./engine/carried.ts";
import { measureGrowth } from "./engine/growth.ts";
import { measureTakeover } from "./engine/takeover.ts";

const print = (line = "") => process.stdout.write(`${line}\n`);
const row = (...cells: (string | number)[]) => print(`| ${cells.join(" | ")} |`);
const ms = (value: number) => value.toFixed(1);

const parts: Record<string, () => Promise<void>> = {
  async carried() {
    print(
      "| database | videos | made at once | carried a second | `createVideo` p50, p99 | statements a video | rows written a video | polls a video |",
    );
    print("| --- | --- | --- | --- | --- | --- | --- | --- |");
    let tables: [string, number][] = [];
    for (const [database, videos, atOnce] of [
      ["pglite", 300, 1],
      ["pglite", 300, 10],
      ["postgres", 1_000, 1],
      ["postgres", 3_000, 20],
    ] as const) {
      const carried = await measureCarried(database, videos, atOnce);
      row(
        database,
        videos,
        atOnce,
        (videos / carried.seconds).toFixed(1),
        `${ms(carried.createP50)}, ${ms(carried.createP99)} ms`,
        carried.statements?.toFixed(1) ?? "the same",
        carried.rowWrites?.toFixed(1) ?? "the same",
        carried.polls.toFixed(1),
      );
      tables = carried.byTable;
    }
    print();
    print("| table | rows written a video |");
    print("| --- | --- |");
    for (const [table, writes] of tables) row(`\`${table}\``, writes.toFixed(2));
  },

  async active() {
    print(
      "| database | active | all under way after | heap each | resident | event loop p50, p99, max | polls a second | of one core |",
    );
    print("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for (const [database, videos] of [
      ["pglite", 200],
      ["postgres", 10_000],
    ] as const) {
      const active = await measureActive(database, videos, 30_000);
      row(
        database,
        active.active,
        `${active.seconds.toFixed(0)} s`,
        `${(active.heapEach / 1_000).toFixed(1)} kB`,
        `${(active.rss / 1e6).toFixed(0)} MB`,
        `${ms(active.loop.p50)}, ${ms(active.loop.p99)}, ${ms(active.loop.max)} ms`,
        active.pollsPerSecond.toFixed(0),
        `${(active.cpu * 100).toFixed(0)} %`,
      );
    }
  },

  async takeover() {
    print("| videos of a killed node | carried by another: the first | half | all |");
    print("| --- | --- | --- | --- |");
    const takeover = await measureTakeover(5_000);
    row(takeover.videos, ...[takeover.first, takeover.half, takeover.all].map((seconds) => `${seconds.toFixed(1)} s`));
  },

  async growth() {
    print("| videos in the database | size | `createVideo` p50, p99 | page of 50 p50 | carried a second |");
    print("| --- | --- | --- | --- | --- |");
    for (const grown of await measureGrowth([1_000, 10_000, 100_000, 1_000_000])) {
      row(
        grown.videos.toLocaleString("en"),
        `${grown.megabytes.toFixed(0)} MB`,
        `${ms(grown.createP50)}, ${ms(grown.createP99)} ms`,
        `${ms(grown.listP50)} ms`,
        grown.perSecond.toFixed(1),
      );
    }
  },

  async bus() {
    print(
      "| notices | sent and heard by another node a second | of one core, both together | for each notice that nobody wants |",
    );
    print("| --- | --- | --- | --- |");
    const bus = await measureBus(200_000);
    row(
      bus.notices.toLocaleString("en"),
      Math.round(bus.perSecond).toLocaleString("en"),
      `${(bus.cpu * 100).toFixed(0)} %`,
      `${bus.microsecondsEach.toFixed(1)} µs`,
    );
  },
};

const asked = process.argv.slice(2);
for (const [name, measure] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  print(`\n### ${name}\n`);
  await measure();
}
