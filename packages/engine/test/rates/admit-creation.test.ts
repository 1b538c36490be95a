import { ApiError } from "@reelwire/core";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { admitCreation } from "../../src/rates/admit-creation.ts";
import { type CreationLimits, NO_CREATION_LIMITS } from "../../src/rates/creation-limits.ts";
import { forgetRates } from "../../src/rates/forget-rates.ts";
import { insertVideo } from "../../src/store.ts";
import type { StoredVideo } from "../../src/video-row.ts";
import type { Viewer } from "../../src/viewer.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { acceptedVideo, apply, type SharedDatabase, sharedDatabase } from "../stored-video.ts";

const ada: Viewer = { project: "default", subject: "ada", keyId: "key" };

describe.each(DATABASE_KINDS)("creations are admitted: %s", (kind) => {
  let shared: SharedDatabase;
  beforeAll(async () => {
    shared = await sharedDatabase(kind);
  });
  afterAll(() => shared.close());
  afterEach(async () => {
    await shared.db.kysely.deleteFrom("videos").execute();
    await shared.db.kysely.deleteFrom("creation_rates").execute();
  });

  const make = (viewer: Viewer, limits: Partial<CreationLimits>): Promise<StoredVideo> =>
    shared.db.transaction(async ({ kysely }) => {
      const video = acceptedVideo(viewer);
      await insertVideo(kysely, video, null, 0);
      await admitCreation(kysely, viewer, { ...NO_CREATION_LIMITS, ...limits });
      return video;
    });
  /** How many of so many are admitted, and what the next one is told. */
  async function admitted(viewer: Viewer, limits: Partial<CreationLimits>, tries: number) {
    let count = 0;
    let refusal: ApiError | null = null;
    for (let i = 0; i < tries; i += 1) {
      try {
        await make(viewer, limits);
        count += 1;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        refusal ??= error;
      }
    }
    return { count, refusal };
  }
  const pass = (seconds: number) =>
    shared.db.kysely
      .updateTable("creation_rates")
      .set({ free_at: sql<Date>`free_at - ${seconds} * interval '1 second'` })
      .execute();
  const stored = () => shared.db.kysely.selectFrom("videos").select("id").execute();

  test("a minute's number at once, then one for each part of the minute that has passed, and never more saved up", async () => {
    const limits = { keyCreationsPerMinute: 3 };
    const { count, refusal } = await admitted(ada, limits, 5);
    expect(count).toBe(3);
    const seconds = refusal?.details.retryAfterSeconds ?? 0;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(20);
    expect(refusal).toMatchObject({
      code: "RATE_LIMITED",
      message: `The API key that this token is from may make 3 videos a minute, and this would be one more. Nothing was made: try again in ${seconds} s.`,
    });
    await pass(15);
    expect((await admitted(ada, limits, 2)).refusal?.details.retryAfterSeconds).toBeLessThanOrEqual(5);
    await pass(6);
    expect((await admitted(ada, limits, 2)).count).toBe(1);
    await pass(3_600);
    expect((await admitted(ada, limits, 5)).count).toBe(3);
  });

  test.each([1, 7, 59, 61])("of %i a minute all fit into one", async (keyCreationsPerMinute) => {
    const { count, refusal } = await admitted(ada, { keyCreationsPerMinute }, keyCreationsPerMinute + 1);
    // One more may have come free meanwhile.
    expect(count + (refusal === null ? 0 : 1)).toBe(keyCreationsPerMinute + 1);
    expect(count).toBeGreaterThanOrEqual(keyCreationsPerMinute);
  });

  test("what was refused leaves nothing behind, and counts nothing", async () => {
    const limits = { keyCreationsPerMinute: 10, subjectCreationsPerMinute: 2 };
    expect((await admitted(ada, limits, 6)).count).toBe(2);
    expect(await stored()).toHaveLength(2);
    expect((await admitted({ ...ada, subject: "bob" }, limits, 6)).count).toBe(2);
    expect((await admitted({ ...ada, subject: null }, limits, 12)).count).toBe(6);
  });

  test("each key and each subject counts by itself, in its project; without a key, or a subject, there is nothing to count", async () => {
    const limits = { keyCreationsPerMinute: 1, subjectCreationsPerMinute: 1, keyUnfinished: 1, subjectUnfinished: 1 };
    expect((await admitted(ada, limits, 2)).count).toBe(1);
    expect((await admitted({ ...ada, keyId: "other" }, limits, 1)).refusal?.message).toMatch(/^A subject may make/);
    expect((await admitted({ ...ada, subject: "bob" }, limits, 1)).refusal?.message).toMatch(
      /^The API key that this token is from may make one video a minute, /,
    );
    expect((await admitted({ ...ada, project: "other" }, limits, 2)).count).toBe(1);
    expect((await admitted({ project: "default", subject: "carl", keyId: null }, limits, 2)).count).toBe(1);
    const third = await admitted({ project: "default", subject: null, keyId: "third" }, limits, 2);
    expect(third.count).toBe(1);
    expect(third.refusal?.message).toMatch(/^An API key may make one video a minute, /);
    expect((await admitted({ project: "default", subject: null, keyId: null }, limits, 5)).count).toBe(5);
  });

  test("as many unfinished at a time as may be, and another when one has ended", async () => {
    const limits = { keyUnfinished: 3, subjectUnfinished: 2 };
    const first = await make(ada, limits);
    const { count, refusal } = await admitted(ada, limits, 3);
    expect(count).toBe(1);
    expect(refusal).toMatchObject({ code: "RATE_LIMITED", details: { retryAfterSeconds: 30 } });
    expect(refusal?.message).toMatch(/^A subject may have 2 videos that are not finished at a time/);
    expect((await admitted({ ...ada, subject: "bob" }, limits, 3)).count).toBe(1);
    await apply(shared.db.kysely, first, { type: "canceled" });
    expect((await admitted({ ...ada, subject: "carl" }, limits, 3)).count).toBe(1);
    expect((await admitted(ada, limits, 3)).refusal?.message).toMatch(
      /^The API key that this token is from may have 3 videos that are not finished at a time, /,
    );
    expect((await admitted({ ...ada, subject: null }, limits, 1)).refusal?.message).toMatch(
      /^An API key may have 3 videos/,
    );
  });

  test("rates that are past are forgotten, and no others", async () => {
    const limits = { keyCreationsPerMinute: 1, subjectCreationsPerMinute: 60 };
    await make(ada, limits);
    await pass(30);
    await forgetRates(shared.db.kysely);
    expect(await shared.db.kysely.selectFrom("creation_rates").select("kind").execute()).toEqual([{ kind: "KEY" }]);
    expect((await admitted(ada, limits, 1)).count).toBe(0);
  });

  test("without limits nothing is written", async () => {
    await make(ada, {});
    expect(await shared.db.kysely.selectFrom("creation_rates").selectAll().execute()).toEqual([]);
  });
});
