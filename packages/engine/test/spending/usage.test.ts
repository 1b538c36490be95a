import { randomUUID } from "node:crypto";
import { DURATIONS_SECONDS, VIDEO_STATUSES, type VideoStatus, videoIdFromUuid } from "@reelwire/core";
import * as fc from "fast-check";
import { type Insertable, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VideosTable } from "../../src/database/schema.ts";
import { USAGE_GROUPS, type Usage, type UsageGroup, type UsageQuery } from "../../src/spending/spending.ts";
import { usage } from "../../src/spending/usage.ts";
import { videoUuid } from "../../src/video-row.ts";
import type { Viewer } from "../../src/viewer.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { engineDatabase, type SharedDatabase, sharedDatabase } from "../stored-video.ts";

const DAY_MS = 86_400_000;
/** Around the end of a month, with summer time ending in much of the world: a day in UTC is 24 hours all the same. */
const BEGIN = Date.parse("2025-10-24T00:00:00Z");

const NOON = new Date("2025-11-05T12:00Z");

interface Spent {
  id: string;
  createdAt: Date;
  project: string;
  subject: string;
  keyId: string | null;
  model: string;
  durationSeconds: number;
  status: VideoStatus;
  spentMicros: number;
  heldMicros: number;
}

/** The id that a video accepted then has: a UUIDv7 of a time a little later. */
function idOf(createdAt: Date, random: number): string {
  const time = (createdAt.getTime() + (random % 50)).toString(16).padStart(12, "0");
  const rest = random.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${rest}`;
}

const videos = fc.uniqueArray(
  fc.record({
    // On midnight, and just beside it, more often than chance has it.
    at: fc.oneof(
      fc.integer({ min: 0, max: 12 * DAY_MS }),
      fc.tuple(fc.nat(12), fc.constantFrom(-1, 0, 1)).map(([day, beside]) => day * DAY_MS + beside),
    ),
    random: fc.nat(2 ** 47),
    subject: fc.constantFrom("", "ada", "Bob", "bob", "Ökonom", "z\u{1f6a2}"),
    keyId: fc.constantFrom(null, "key_1", "key_2"),
    model: fc.constantFrom("google/veo", "other/model"),
    durationSeconds: fc.constantFrom(...DURATIONS_SECONDS),
    status: fc.constantFrom(...VIDEO_STATUSES),
    spentMicros: fc.oneof(fc.constant(0), fc.nat(2_000_000_000)),
    heldMicros: fc.oneof(fc.constant(0), fc.nat(1_000_000)),
    inOtherProject: fc.boolean(),
  }),
  { selector: ({ random }) => random, minLength: 150, maxLength: 150, size: "max" },
);

function row(video: Spent): Insertable<VideosTable> {
  const { id, createdAt, project, subject, keyId, model, durationSeconds, status } = video;
  return {
    id: videoUuid(id),
    project,
    subject,
    key_id: keyId,
    request: JSON.stringify({ model, durationSeconds, prompt: "a boat" }),
    fingerprint: "f",
    created_at: createdAt,
    updated_at: createdAt,
    status,
    version: 1,
    attempt: 0,
    spent_micros: video.spentMicros,
    held_micros: video.heldMicros,
  };
}

/** What `usage` shall answer, worked out one video at a time. */
function worked(all: readonly Spent[], viewer: Viewer, { from, to, groupBy }: UsageQuery): Usage[] {
  const sees = (video: Spent) =>
    video.project === viewer.project &&
    (viewer.videoIds?.includes(video.id) ?? (viewer.subject === null || video.subject === viewer.subject));
  const by = (group: UsageGroup) => groupBy.includes(group);
  const groups = new Map<string, Usage & { spent: number; held: number }>();
  const empty = { videos: 0, completed: 0, seconds: 0, spentUsd: 0, heldUsd: 0, spent: 0, held: 0 };
  if (groupBy.length === 0) groups.set("", { day: null, model: null, keyId: null, subject: null, ...empty });
  for (const video of all.filter((video) => sees(video) && video.createdAt >= from && video.createdAt < to)) {
    const of = {
      day: by("DAY") ? new Date(video.createdAt.toISOString().slice(0, 10)) : null,
      model: by("MODEL") ? video.model : null,
      keyId: by("KEY") ? video.keyId : null,
      subject: by("SUBJECT") && video.subject !== "" ? video.subject : null,
    };
    const name = groupBy.length === 0 ? "" : JSON.stringify(of);
    const group = groups.get(name) ?? { ...of, ...empty };
    groups.set(name, group);
    group.videos += 1;
    group.spent += video.spentMicros;
    group.held += video.heldMicros;
    if (video.status === "COMPLETED") {
      group.completed += 1;
      group.seconds += video.durationSeconds;
    }
  }
  const sortable = ({ day, model, keyId, subject }: Usage) =>
    [day?.toISOString(), model, keyId, subject].map((part) => part ?? "");
  return [...groups.values()]
    .map(({ spent, held, ...group }) => ({ ...group, spentUsd: spent / 1e6, heldUsd: held / 1e6 }))
    .sort((a, b) => {
      const [as, bs] = [sortable(a), sortable(b)];
      const at = as.findIndex((part, index) => part !== bs[index]);
      return at === -1 ? 0 : (as[at] ?? "") < (bs[at] ?? "") ? -1 : 1;
    });
}

describe.each(DATABASE_KINDS)("usage: %s", (kind) => {
  let shared: SharedDatabase;
  beforeAll(async () => {
    shared = await sharedDatabase(kind);
  });
  afterAll(() => shared.close());
  const db = () => shared.db.kysely;

  async function save(all: readonly Spent[]): Promise<void> {
    await db().insertInto("videos").values(all.map(row)).execute();
  }

  let made = 0;
  /** A video of a project of its own, unless told otherwise. */
  const spent = (over: Partial<Spent> = {}): Spent => ({
    id: videoIdFromUuid(idOf(NOON, ++made)),
    createdAt: NOON,
    project: randomUUID(),
    subject: "",
    keyId: null,
    model: "google/veo",
    durationSeconds: 4,
    status: "COMPLETED",
    spentMicros: 260_000,
    heldMicros: 0,
    ...over,
  });

  const wholeOf = (video: Spent): Viewer => ({ project: video.project, subject: null, keyId: null });
  const thatDay = (groupBy: UsageGroup[] = []): UsageQuery => ({
    from: new Date("2025-11-05T00:00Z"),
    to: new Date("2025-11-06T00:00Z"),
    groupBy,
  });

  test("is what adding it up one by one comes to, for every viewer, time and grouping", async () => {
    const [drawn = []] = fc.sample(videos, { seed: 7, numRuns: 1 });
    const [project, other] = [randomUUID(), randomUUID()];
    const all = drawn.map(({ at, random, inOtherProject, ...rest }): Spent => {
      const createdAt = new Date(BEGIN + at);
      return {
        ...rest,
        createdAt,
        id: videoIdFromUuid(idOf(createdAt, random)),
        project: inOtherProject ? other : project,
      };
    });
    await save(all);
    const ids = all.map(({ id }) => id);

    const viewer = fc.oneof(
      fc.record({ project: fc.constantFrom(project, other), subject: fc.constantFrom(null, "ada", "Bob", "nobody") }),
      fc.record({
        project: fc.constantFrom(project, other),
        subject: fc.constantFrom(null, "ada"),
        videoIds: fc.subarray(ids, { maxLength: 40 }),
      }),
    );
    const time = fc.oneof(
      fc.integer({ min: -DAY_MS, max: 13 * DAY_MS }),
      fc.nat(12).map((day) => day * DAY_MS),
      fc.constantFrom(...drawn.map(({ at }) => at)),
    );
    const query = fc.record({
      times: fc.tuple(time, time).filter(([a, b]) => a !== b),
      groupBy: fc.subarray([...USAGE_GROUPS]),
    });
    await fc.assert(
      fc.asyncProperty(viewer, query, async (who, { times, groupBy }) => {
        const [from, to] = [Math.min(...times), Math.max(...times)].map((at) => new Date(BEGIN + at));
        if (from === undefined || to === undefined) throw new Error("no times");
        const asks = { ...who, keyId: null };
        const asked = { from, to, groupBy };
        expect(await usage(db(), asks, asked)).toEqual(worked(all, asks, asked));
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  test("without grouping it is one group, even of nothing; with it, none", async () => {
    const nobody = wholeOf(spent());
    const nothing = { videos: 0, completed: 0, seconds: 0, spentUsd: 0, heldUsd: 0 };
    expect(await usage(db(), nobody, thatDay())).toEqual([
      { day: null, model: null, keyId: null, subject: null, ...nothing },
    ]);
    expect(await usage(db(), nobody, thatDay(["MODEL"]))).toEqual([]);
  });

  test("a group that is named twice counts once", async () => {
    const video = spent();
    await save([video]);
    expect(await usage(db(), wholeOf(video), thatDay(["MODEL", "MODEL"]))).toMatchObject([
      { model: "google/veo", videos: 1, seconds: 4, spentUsd: 0.26 },
    ]);
  });

  test("sums are exact, however many and however large", async () => {
    const { project } = spent();
    const videos = Array.from({ length: 300 }, () => spent({ project, spentMicros: 100_000, heldMicros: 100_001 }));
    await save([...videos, spent({ project, spentMicros: 5_000_000_000_000, heldMicros: 0 })]);
    expect(await usage(db(), { project, subject: null, keyId: null }, thatDay())).toMatchObject([
      { videos: 301, spentUsd: 5_000_030, heldUsd: 30.0003 },
    ]);
  });

  describe("nobody sees what is not theirs (invariant 9)", () => {
    test("a subject its own, a viewer of some videos just those, the project all", async () => {
      const { project } = spent();
      const [ada, bob, whole] = ["ada", "bob", ""].map((subject) => spent({ project, subject }));
      const elsewhere = spent({ subject: "ada" });
      if (ada === undefined || bob === undefined || whole === undefined) throw new Error("not made");
      await save([ada, bob, whole, elsewhere]);
      const seen = async (viewer: Partial<Viewer>) =>
        (await usage(db(), { project, subject: null, keyId: null, ...viewer }, thatDay(["SUBJECT"]))).map(
          ({ subject, videos }) => `${subject} ${videos}`,
        );
      expect(await seen({})).toEqual(["null 1", "ada 1", "bob 1"]);
      expect(await seen({ subject: "ada" })).toEqual(["ada 1"]);
      expect(await seen({ videoIds: [bob.id, elsewhere.id] })).toEqual(["bob 1"]);
      expect(await seen({ subject: "ada", videoIds: [bob.id] })).toEqual(["bob 1"]);
      expect(await seen({ videoIds: [] })).toEqual([]);
      expect(await seen({ videoIds: ["video_none"] })).toEqual([]);
      expect(await seen({ project: elsewhere.project })).toEqual(["ada 1"]);
    });
  });

  describe("times", () => {
    const problem = async (from: string, to: string) => {
      const asking = usage(db(), wholeOf(spent()), { from: new Date(from), to: new Date(to), groupBy: ["DAY"] });
      return await asking.then(
        () => null,
        (error: unknown) => error,
      );
    };

    test.each([
      ["2026-01-01T00:00Z", "2026-01-01T00:00Z", "to: It must be later than `from`."],
      ["2026-01-02T00:00Z", "2026-01-01T00:00Z", "to: It must be later than `from`."],
      ["2026-01-01T00:00Z", "2027-01-02T00:00:00.001Z", "to: It must be at most 366 days after `from`."],
      ["never", "2026-01-01T00:00Z", "from: This is no time."],
      ["never", "ever", "from: This is no time. to: This is no time."],
    ])("from %s to %s is refused", async (from, to, message) => {
      expect(await problem(from, to)).toMatchObject({ code: "BAD_INPUT", message });
    });

    test.each([
      ["2026-01-01T00:00Z", "2027-01-02T00:00Z"],
      ["-200000-01-01T00:00:00Z", "-200000-01-02T00:00:00Z"],
      ["1969-12-31T00:00Z", "1970-01-02T00:00Z"],
      ["+200000-01-01T00:00:00Z", "+200000-01-02T00:00:00Z"],
      ["9999-12-31T00:00:00Z", "+010000-01-02T00:00:00Z"],
    ])("from %s to %s is not", async (from, to) => {
      expect(await problem(from, to)).toBeNull();
    });

    test("a clock that was set between a video's time and its id changes nothing", async () => {
      const createdAt = new Date("2025-02-10T00:00:00Z");
      const { project } = spent();
      const shifted = [-600_000, 600_000].map((ms) =>
        spent({ project, createdAt, id: videoIdFromUuid(idOf(new Date(createdAt.getTime() + ms), ++made)) }),
      );
      await save(shifted);
      const hour = (ms: number) => ({
        from: new Date(createdAt.getTime() + ms),
        to: new Date(createdAt.getTime() + ms + 3_600_000),
        groupBy: ["DAY"] as const,
      });
      const viewer = { project, subject: null, keyId: null };
      expect(await usage(db(), viewer, hour(0))).toMatchObject([{ day: createdAt, videos: 2 }]);
      expect(await usage(db(), viewer, hour(-3_600_000))).toEqual([]);
    });
  });

  test("more than 10,000 groups are refused, with what to do", async () => {
    const { project } = spent();
    const subjects = Array.from({ length: 10_001 }, (_, index) => spent({ project, subject: `subject ${index}` }));
    const viewer = { project, subject: null, keyId: null };
    for (let at = 0; at < subjects.length; at += 1_000) await save(subjects.slice(at, at + 1_000));
    await expect(usage(db(), viewer, thatDay(["SUBJECT"]))).rejects.toMatchObject({
      code: "BAD_INPUT",
      issues: [{ path: ["groupBy"], message: expect.stringContaining("shorter time") }],
    });
    expect(await usage(db(), viewer, thatDay(["DAY", "MODEL", "KEY"]))).toMatchObject([{ keyId: null }]);
    await db()
      .deleteFrom("videos")
      .where("id", "=", videoUuid(subjects[0]?.id ?? ""))
      .execute();
    expect(await usage(db(), viewer, thatDay(["SUBJECT"]))).toHaveLength(10_000);
  });
});

test("more videos than PostgreSQL adds up in time are refused, with what to do", async () => {
  const db = await engineDatabase("postgres");
  const locked = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<void>();
  const locking = db.transaction(async ({ kysely }) => {
    await sql`LOCK TABLE videos IN ACCESS EXCLUSIVE MODE`.execute(kysely);
    locked.resolve();
    await refused.promise;
  });
  await locked.promise;
  const asking = db.transaction(async ({ kysely }) => {
    await sql`SET LOCAL statement_timeout = 50`.execute(kysely);
    const day = { from: new Date("2025-11-05"), to: new Date("2025-11-06"), groupBy: [] };
    return await usage(kysely, { project: "p", subject: null, keyId: null }, day);
  });
  await expect(asking.finally(refused.resolve)).rejects.toMatchObject({
    code: "BAD_INPUT",
    issues: [{ path: ["to"], message: expect.stringContaining("shorter time") }],
  });
  await locking;
});
