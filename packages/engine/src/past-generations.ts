import { type GenerationTimeSample, stillRunning, type VideoRequest } from "@reelwire/core";
import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "./database/schema.ts";

/** How long a generation took, or has been taking, as far as it was seen. */
export interface PastGeneration {
  request: VideoRequest;
  sample: GenerationTimeSample;
}

/** How many are learned from. */
const MOST = 1_000;
/** Of those, how many at most may be still running, about: were all of them, nothing would be known. */
const MOST_RUNNING = 250;

interface Row {
  request: VideoRequest;
  submitted_at: Date;
  last_pending_at: Date | null;
  finished_at: Date | null;
}

/**
 * Generations as they were known at a time, the newest submission last. Those that had completed, and those that still ran: the
 * newest that have ended would all be short ones, and those submitted together would seem to take ever longer. Ordered by
 * their submission for the same reason. Where many run at once, one in so many of all is taken, so that it reaches back to
 * those that ended; which ones depends on nothing but their ids.
 *
 * Left out: what failed or was canceled before, what may never have been accepted, and an end that came after no poll.
 */
export async function pastGenerations(db: Kysely<EngineSchema>, at: Date): Promise<PastGeneration[]> {
  const { rows } = await sql<Row>`
    WITH running AS (
      SELECT count(*) AS count FROM videos
      WHERE submitted_at BETWEEN ${at}::timestamptz - interval '1 hour' AND ${at}::timestamptz
        AND (finished_at IS NULL OR finished_at >= ${at})
    )
    SELECT request, submitted_at, last_pending_at, finished_at FROM videos, running
    WHERE submitted_at < ${at}
      AND CASE
        WHEN finished_at IS NULL THEN status NOT IN ('ACCEPTED', 'UNCONFIRMED')
        WHEN finished_at >= ${at} THEN true
        ELSE source_url IS NOT NULL AND last_pending_at IS NOT NULL
      END
      AND mod(('x' || right(id::text, 7))::bit(28)::bigint, 1 + running.count / ${MOST_RUNNING}) = 0
    ORDER BY submitted_at DESC, id DESC
    LIMIT ${MOST}
  `.execute(db);
  return rows.reverse().map(({ request, submitted_at, last_pending_at, finished_at }) => {
    const since = (time: Date) => Math.max(0, time.getTime() - submitted_at.getTime());
    const hadEnded = finished_at !== null && last_pending_at !== null && finished_at < at;
    return {
      request,
      sample: hadEnded ? { afterMs: since(last_pending_at), atMostMs: since(finished_at) } : stillRunning(since(at)),
    };
  });
}
