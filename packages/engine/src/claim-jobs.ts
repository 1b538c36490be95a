import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import { JobLost } from "./job-lost.ts";
import { type ClaimedJob, type JobQueue, PAST_TURN } from "./queue.ts";
import { claimVideos, nodeLives } from "./store.ts";
import { lowestTurn } from "./take-turn.ts";
import type { StoredVideo } from "./video-row.ts";

/** A job that this node has now, and its video as it is; `null`: the video is gone, or somebody has a newer claim. */
export interface ClaimedVideo {
  job: ClaimedJob;
  video: StoredVideo | null;
}

/**
 * Takes jobs from the queue and their videos for this node, all in one transaction: a job that is under way always has a
 * node that answers for it.
 *
 * @param onlyFirst whether to take only videos that were sent before, and those before which no other is to be sent
 * @throws {JobLost} where others have given up this node; nothing is claimed then
 */
export async function claimJobs(
  { db, queue }: { db: EngineDatabase<EngineSchema>; queue: JobQueue },
  nodeId: string,
  limit: number,
  onlyFirst = false,
): Promise<ClaimedVideo[]> {
  return await db.transaction(async ({ kysely, executor }) => {
    const lastTurn = onlyFirst ? ((await lowestTurn(kysely)) ?? PAST_TURN) : null;
    const jobs = await queue.fetch(limit, executor, lastTurn);
    if (jobs.length === 0) return [];
    if (!(await nodeLives(kysely, nodeId))) throw new JobLost();
    const videos = new Map((await claimVideos(kysely, jobs, nodeId)).map((video) => [video.id, video]));
    return jobs.map((job) => ({ job, video: videos.get(job.videoId) ?? null }));
  });
}
