import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import { JobLost } from "./job-lost.ts";
import type { ClaimedJob, JobQueue } from "./queue.ts";
import { claimVideos, nodeLives } from "./store.ts";
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
 * @throws {JobLost} where others have given up this node; nothing is claimed then
 */
export async function claimJobs(
  { db, queue }: { db: EngineDatabase<EngineSchema>; queue: JobQueue },
  nodeId: string,
  limit: number,
): Promise<ClaimedVideo[]> {
  return await db.transaction(async ({ kysely, executor }) => {
    const jobs = await queue.fetch(limit, executor);
    if (jobs.length === 0) return [];
    if (!(await nodeLives(kysely, nodeId))) throw new JobLost();
    const videos = new Map((await claimVideos(kysely, jobs, nodeId)).map((video) => [video.id, video]));
    return jobs.map((job) => ({ job, video: videos.get(job.videoId) ?? null }));
  });
}
