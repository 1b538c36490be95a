import type { Evidence, VideoRecord } from "./evidence.ts";
import { POLL_EVERY_MS } from "./settings.ts";

/** Repeats by the client of answers that it could not read, and one poll beyond the end. */
const SLACK = 7;
/** Each claim polls at once, and may do so again after a pause. */
const FOR_EACH_CLAIM = 2;

/** Videos whose generation was asked for more often than one loop would, so that there must have been two. */
export function pollBreaches({ videos, polls }: Evidence): string[] {
  const answered = polls.filter(({ status }) => status !== null && status < 429);
  const byGeneration = Map.groupBy(answered, ({ generationId }) => generationId);
  return [...videos.values()].flatMap((video) => {
    const times = byGeneration.get(video.generationId ?? "")?.length ?? 0;
    const most = mostPolls(video);
    return times <= most ? [] : [`${video.id} was polled ${times} times, and one loop does so at most ${most} times`];
  });
}

function mostPolls({ submittedAt, finishedAt, fence }: VideoRecord): number {
  const lastedMs = (finishedAt ?? 0) - (submittedAt ?? 0);
  return Math.ceil(lastedMs / POLL_EVERY_MS) + FOR_EACH_CLAIM * fence + SLACK;
}

/** How many polls of a generation were under way at the same time as an earlier one, as when its caller was gone and another had it. */
export function countOverlappingPolls({ polls }: Evidence): number {
  let overlapping = 0;
  for (const its of Map.groupBy(polls, ({ generationId }) => generationId).values()) {
    let latestEnd = Number.NEGATIVE_INFINITY;
    for (const { from, to } of its.sort((a, b) => a.from - b.from)) {
      if (from < latestEnd) overlapping += 1;
      latestEnd = Math.max(latestEnd, to);
    }
  }
  return overlapping;
}
