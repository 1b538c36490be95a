import { isFinal } from "@reelwire/core";
import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/index.ts";
import { finished, make, startTestEngine, until } from "../test-engine.ts";

const lease = { leaseMs: 3_000, heartbeatMs: 50 };

/** Makes videos on these engines in turn. */
async function makeMany(engines: readonly Engine[], count: number): Promise<{ engine: Engine; id: string }[]> {
  const made: { engine: Engine; id: string }[] = [];
  for (let i = 0; i < count; i += 1) {
    const engine = engines[i % engines.length];
    if (engine !== undefined) made.push({ engine, id: (await make(engine)).id });
  }
  return made;
}

describe("limits of all nodes together", () => {
  test("never more generations at a time than is allowed; the others wait, say so, and end well", async () => {
    const limits = { submissionsPerSecond: null, generations: 4, pollsPerSecond: null };
    await using t = await startTestEngine({ limits, lease }, { durationMs: 300 }, "postgres");
    const second = await t.open();
    let most = 0;
    const counting = (async () => {
      for await (const _ of t.emulator.events()) {
        const underWay = t.emulator.accepted.filter(({ status }) => status === "queued" || status === "generating");
        most = Math.max(most, underWay.length);
      }
    })();
    const videos = await makeMany([t.engine, second], 24);
    const waited = videos.map(({ engine, id }) =>
      until(engine, id, (video) => video.waitingReason !== null || isFinal(video.status)),
    );
    for (const { engine, id } of videos) expect((await finished(engine, id)).status).toBe("COMPLETED");
    const reasons = (await Promise.all(waited)).map((video) => video.waitingReason);
    expect(reasons).toContain("CAPACITY_LIMITED");
    expect(reasons.filter((reason) => reason !== null && reason !== "CAPACITY_LIMITED")).toEqual([]);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    expect(t.emulator.accepted).toHaveLength(24);
    await second.close();
    await t.emulator.close();
    await counting.catch(() => {});
  });

  test("a 429 holds up every node, costs few further POSTs, and fails nobody", async () => {
    await using t = await startTestEngine({ lease }, {}, "postgres");
    const second = await t.open();
    t.emulator.faults.next({ on: "create", fault: "rate-limited-retry-after", times: 2, value: 1 });
    const videos = await makeMany([t.engine, second], 30);
    for (const { engine, id } of videos) expect((await finished(engine, id)).status).toBe("COMPLETED");
    expect(t.emulator.accepted).toHaveLength(30);
    const refused = t.emulator.requests.filter(({ endpoint, status }) => endpoint === "create" && status === 429);
    expect(refused).toHaveLength(2);
    expect(t.emulator.requestCounts.create).toBe(32);
    await second.close();
  });
});
