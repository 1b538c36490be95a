import { describe, expect, test } from "vitest";
import type { Engine, Viewer } from "../../src/index.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { make, startTestEngine, type TestEngine, until } from "../test-engine.ts";

const withKey = (keyId: string): Viewer => ({ project: "default", subject: null, keyId });
const [many, one] = [withKey("many"), withKey("one")];
/** More than a node takes into its line. */
const WAITING = 300;
const limits = { submissionsPerSecond: 10, generations: null, pollsPerSecond: null };
const lease = { leaseMs: 3_000, heartbeatMs: 50 };

async function makeMany(engine: Engine): Promise<void> {
  await Promise.all(Array.from({ length: WAITING }, () => make(engine, { prompt: "one of many" }, many)));
}

/** Makes a video with the other key; returns when it is sent, with how many were sent between. */
async function makeOne(t: TestEngine, engine: Engine): Promise<number> {
  const { id } = await make(engine, { prompt: "the one" }, one);
  const before = t.emulator.accepted.length;
  await until(engine, id, ({ generationId }) => generationId !== null, one);
  return placeOfTheOne(t) - before;
}

const placeOfTheOne = (t: TestEngine) => t.emulator.accepted.findIndex(({ body }) => body.prompt === "the one");

describe.each(DATABASE_KINDS)("while 300 of one key wait, another key's one: %s", (kind) => {
  test("is among the next few to be sent", async () => {
    await using t = await startTestEngine({ limits, lease }, {}, kind);
    await makeMany(t.engine);
    expect(t.emulator.accepted.length).toBeLessThan(WAITING / 2);
    expect(await makeOne(t, t.engine)).toBeLessThan(10);
  });

  test("is among the first few to be sent, where all begin again", async () => {
    await using t = await startTestEngine({ limits, lease, carries: false }, {}, kind);
    await makeMany(t.engine);
    const { id } = await make(t.engine, { prompt: "the one" }, one);
    await t.reopen({ carries: true });
    await until(t.engine, id, ({ generationId }) => generationId !== null, one);
    expect(placeOfTheOne(t)).toBeLessThan(10);
  });
});

describe("on two nodes, while 300 of one key wait, another key's one", () => {
  test("is among the next few to be sent, by whichever node", async () => {
    await using t = await startTestEngine({ limits, lease }, {}, "postgres");
    const second = await t.open();
    await makeMany(t.engine);
    expect(await makeOne(t, second)).toBeLessThan(10);
  });

  test("is so too after one of the nodes is gone, and the other restarted", async () => {
    await using t = await startTestEngine({ limits, lease }, {}, "postgres");
    const second = await t.open();
    await makeMany(t.engine);
    await second.close();
    await t.reopen({ carries: false });
    const before = t.emulator.accepted.length;
    const { id } = await make(t.engine, { prompt: "the one" }, one);
    await t.reopen({ carries: true });
    await until(t.engine, id, ({ generationId }) => generationId !== null, one);
    expect(placeOfTheOne(t) - before).toBeLessThan(10);
  });
});
