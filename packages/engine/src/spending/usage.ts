import { ApiError, type InputIssue } from "@reelwire/core";
import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import { visibleTo } from "../store.ts";
import type { Viewer } from "../viewer.ts";
import { leastUuid } from "./budget-counters.ts";
import type { Usage, UsageGroup, UsageQuery } from "./spending.ts";

const DAY_MS = 24 * 3_600_000;
/** A leap year. */
const MOST_DAYS = 366;
/** More is a report that nobody reads in one piece. */
const MOST_GROUPS = 10_000;
/** The least id of a video accepted so much later is after those of all that were accepted before, in milliseconds. */
const ID_MARGINS_MS = 2 * 3_600_000;
/** Nothing was accepted before the epoch, nor after this. What is beyond, the drivers write differently. */
const LAST_MS = Date.UTC(9999, 0);

/** What a group is told apart by, in SQL. The drivers read no `date`, so a day is the time at which it begins. */
const groupedBy = {
  DAY: sql<Date | null>`date_trunc('day', created_at, 'UTC')`,
  MODEL: sql<string | null>`request->>'model'`,
  KEY: sql<string | null>`key_id`,
  SUBJECT: sql<string | null>`nullif(subject, '')`,
} as const satisfies Record<UsageGroup, unknown>;

const noDay = sql<Date | null>`NULL`;
const noText = sql<string | null>`NULL`;

/**
 * What the videos that a viewer may see came to, in groups: by day, then model, key and subject, as far as was asked for. Without any
 * `groupBy` it is one group, of no videos if there are none.
 *
 * @throws {ApiError} `BAD_INPUT` for a time that is none, or more than 366 days, or more than 10,000 groups, or more videos than
 *   PostgreSQL reads in the time that a statement may take: some million
 */
export async function usage(db: Kysely<EngineSchema>, viewer: Viewer, query: UsageQuery): Promise<Usage[]> {
  const issues = rangeIssues(query);
  if (issues.length > 0) throw ApiError.badInput(issues);
  const by = new Set(query.groupBy);
  const from = new Date(Math.max(query.from.getTime(), 0));
  const to = new Date(Math.min(query.to.getTime(), LAST_MS));
  if (from >= to) return by.size === 0 ? [NOTHING] : [];

  const micros = (column: "spent_micros" | "held_micros") => sql<number>`coalesce(sum(${sql.ref(column)}), 0)::bigint`;
  let found = db
    .selectFrom("videos")
    .select([
      (by.has("DAY") ? groupedBy.DAY : noDay).as("day"),
      (by.has("MODEL") ? groupedBy.MODEL : noText).as("model"),
      (by.has("KEY") ? groupedBy.KEY : noText).as("keyId"),
      (by.has("SUBJECT") ? groupedBy.SUBJECT : noText).as("subject"),
      (eb) => eb.fn.countAll<number>().as("videos"),
      (eb) => eb.fn.countAll<number>().filterWhere("status", "=", "COMPLETED").as("completed"),
      sql<number>`
        coalesce(sum((request->>'durationSeconds')::integer) FILTER (WHERE status = 'COMPLETED'), 0)::bigint
      `.as("seconds"),
      micros("spent_micros").as("spentMicros"),
      micros("held_micros").as("heldMicros"),
    ])
    .where((eb) => visibleTo(eb, viewer))
    .where("created_at", ">=", from)
    .where("created_at", "<", to)
    // Ids sort by time, and the indices are by id.
    .where("id", ">=", leastUuid(from))
    .where("id", "<", leastUuid(new Date(to.getTime() + ID_MARGINS_MS)))
    .limit(MOST_GROUPS + 1);
  for (const group of by) found = found.groupBy(groupedBy[group]);
  const rows = await found.execute().catch((error: unknown) => {
    if (isCanceled(error)) throw ApiError.badInput([tooManyVideos]);
    throw error;
  });
  if (rows.length > MOST_GROUPS) throw ApiError.badInput([tooManyGroups]);
  return rows
    .map(({ spentMicros, heldMicros, ...row }) => ({ ...row, spentUsd: spentMicros / 1e6, heldUsd: heldMicros / 1e6 }))
    .sort(inOrder);
}

const NOTHING: Usage = {
  day: null,
  model: null,
  keyId: null,
  subject: null,
  videos: 0,
  completed: 0,
  seconds: 0,
  spentUsd: 0,
  heldUsd: 0,
};

function rangeIssues({ from, to }: UsageQuery): InputIssue[] {
  const none = Object.entries({ from, to }).filter(([, time]) => Number.isNaN(time.getTime()));
  if (none.length > 0) return none.map(([name]) => ({ path: [name], message: "This is no time." }));
  if (from >= to) return [{ path: ["to"], message: "It must be later than `from`." }];
  if (to.getTime() - from.getTime() <= MOST_DAYS * DAY_MS) return [];
  return [{ path: ["to"], message: `It must be at most ${MOST_DAYS} days after \`from\`.` }];
}

const tooManyGroups: InputIssue = {
  path: ["groupBy"],
  message: "These are more than 10,000 groups. Ask for a shorter time, or group by less.",
};

const tooManyVideos: InputIssue = {
  path: ["to"],
  message: "These are too many videos to add up at once. Ask for a shorter time.",
};

/** PostgreSQL ended the statement, since it took too long. */
function isCanceled(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "57014";
}

/** Here and not in SQL, where it depends on the database's language. None comes first. */
function inOrder(a: Usage, b: Usage): number {
  return (
    (a.day?.getTime() ?? 0) - (b.day?.getTime() ?? 0) ||
    compare(a.model, b.model) ||
    compare(a.keyId, b.keyId) ||
    compare(a.subject, b.subject)
  );
}

function compare(a: string | null, b: string | null): number {
  if (a === b || b === null) return a === b ? 0 : 1;
  return a === null || a < b ? -1 : 1;
}
