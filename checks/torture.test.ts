import { expect, test } from "vitest";
import { MISFORTUNES } from "../benchmarks/torture/misfortunes.ts";
import { breachLines } from "../benchmarks/torture/report.ts";
import { runTorture } from "../benchmarks/torture/run-torture.ts";
import { PATIENCE_MS, SHORT_TORTURE } from "../benchmarks/torture/settings.ts";

/** Beyond what it may take by itself: time to start and to judge, on a machine that is busy with other tests. */
const ROOM_MS = 120_000;

test(
  "three nodes on one PostgreSQL keep invariants 1 to 7 through every misfortune and every fault at once",
  async () => {
    const said: string[] = [];
    const report = await runTorture(SHORT_TORTURE, (line) => said.push(line));

    expect(breachLines(report), said.join("\n")).toEqual([]);
    expect([...report.misfortunes.keys()].sort()).toEqual([...MISFORTUNES].sort());
    expect(report.notes.takenOver).toBeGreaterThan(0);
    expect(report.faults.size).toBeGreaterThan(30);
    const { videos, watchings } = report.evidence;
    expect(videos.size).toBe(SHORT_TORTURE.videos);
    expect(watchings.filter(({ ended }) => ended)).toHaveLength(4 * SHORT_TORTURE.videos);
    const outcomes = new Set([...videos.values()].map(({ status }) => status));
    expect([...outcomes]).toEqual(expect.arrayContaining(["COMPLETED", "FAILED"]));
    expect(report.experiences.canceled.size).toBeGreaterThan(0);
  },
  SHORT_TORTURE.seconds * 1_000 + PATIENCE_MS + ROOM_MS,
);
