import { ApiError, TYPICAL_GENERATION_MS } from "@reelwire/core";
import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import type { Viewer } from "../viewer.ts";
import type { CreationLimits } from "./creation-limits.ts";

/** Who is limited: an API key, or a subject of a project. */
interface Target {
  kind: "KEY" | "SUBJECT";
  project: string;
  /** The key's id, or the subject. */
  target: string;
  /** How the caller is told of it. */
  who: string;
}

const MINUTE_US = 60_000_000;

/**
 * Counts a video that was just inserted against the limits of its key and its subject, within the transaction that accepts it: what is
 * refused there, or for another reason, counts nothing. From here to the end of the transaction, other creations that fall under
 * the same limits wait, so that all nodes together never pass one.
 *
 * Creations are counted by the generic cell rate algorithm (ITU-T I.371), by the database's clock: a minute's number may be made at
 * once, and more as time passes, evenly.
 *
 * @throws {ApiError} `RATE_LIMITED`, and then the transaction must not be committed
 */
export async function admitCreation(
  transaction: Kysely<EngineSchema>,
  { project, keyId, subject }: Viewer,
  limits: CreationLimits,
): Promise<void> {
  const targets: { target: Target; perMinute: number | null; unfinished: number | null }[] = [];
  // Always in this order, so that nobody waits in a circle.
  if (keyId !== null) {
    const target: Target = { kind: "KEY", project, target: keyId, who: subject === null ? "An API key" : KEY_OF_TOKEN };
    targets.push({ target, perMinute: limits.keyCreationsPerMinute, unfinished: limits.keyUnfinished });
  }
  if (subject !== null) {
    const target: Target = { kind: "SUBJECT", project, target: subject, who: "A subject" };
    targets.push({ target, perMinute: limits.subjectCreationsPerMinute, unfinished: limits.subjectUnfinished });
  }
  for (const { target, perMinute } of targets) {
    if (perMinute !== null) await countCreation(transaction, target, perMinute);
  }
  for (const { target, unfinished } of targets) {
    if (unfinished !== null) await assertUnfinished(transaction, target, unfinished);
  }
}

async function countCreation(
  transaction: Kysely<EngineSchema>,
  { kind, project, target, who }: Target,
  perMinute: number,
): Promise<void> {
  // Rounded down, so that all of a minute's number fit into it.
  const step = sql`${Math.floor(MINUTE_US / perMinute)} * interval '1 microsecond'`;
  const { rows } = await sql`
    INSERT INTO creation_rates AS rate (project, kind, target, free_at)
    VALUES (${project}, ${kind}, ${target}, clock_timestamp() + ${step})
    ON CONFLICT (project, kind, target) DO UPDATE SET free_at = greatest(rate.free_at, clock_timestamp()) + ${step}
    WHERE greatest(rate.free_at, clock_timestamp()) + ${step} <= clock_timestamp() + interval '1 minute'
    RETURNING kind
  `.execute(transaction);
  if (rows.length > 0) return;
  const { seconds } = await transaction
    .selectFrom("creation_rates")
    .select(
      sql<number>`extract(epoch FROM free_at + ${step} - interval '1 minute' - clock_timestamp())::float8`.as(
        "seconds",
      ),
    )
    .where("project", "=", project)
    .where("kind", "=", kind)
    .where("target", "=", target)
    .executeTakeFirstOrThrow();
  throw rateLimited(`${who} may make ${videos(perMinute)} a minute`, seconds);
}

async function assertUnfinished(
  transaction: Kysely<EngineSchema>,
  { kind, project, target, who }: Target,
  most: number,
): Promise<void> {
  // Before the count begins, so that it sees what those that were waited for have made.
  const lock = `unfinished ${kind} ${project} ${target}`;
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`.execute(transaction);
  const owner = kind === "KEY" ? sql`coalesce(key_id, '')` : sql`subject`;
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM (
      SELECT FROM videos WHERE project = ${project} AND ${owner} = ${target} AND finished_at IS NULL LIMIT ${most + 1}
    ) AS unfinished
  `.execute(transaction);
  // The new one is among them.
  if ((rows[0]?.count ?? 0) <= most) return;
  // When one of so many is likely to finish, where each takes as long as is usual.
  throw rateLimited(
    `${who} may have ${videos(most)} that ${most === 1 ? "is" : "are"} not finished at a time`,
    TYPICAL_GENERATION_MS / 1_000 / Math.max(1, most),
  );
}

/** To whoever has a token, and may never have heard of keys. */
const KEY_OF_TOKEN = "The API key that this token is from";

function videos(count: number): string {
  return count === 1 ? "one video" : `${count} videos`;
}

function rateLimited(limit: string, seconds: number): ApiError {
  const retryAfterSeconds = Math.max(1, Math.ceil(seconds));
  const message = `${limit}, and this would be one more. Nothing was made: try again in ${retryAfterSeconds} s.`;
  return new ApiError("RATE_LIMITED", message, [], { details: { retryAfterSeconds } });
}
