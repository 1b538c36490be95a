import type { Video, VideoFilter } from "@reelwire/core/client";

/** Whether the gateway would list a video under this filter: all that is given must hold, and `null` is not given. */
export function matchesFilter(video: Video, filter: VideoFilter): boolean {
  const { status, externalId, idempotencyKey, createdAfter, createdBefore, search } = filter;
  const createdAt = Date.parse(video.createdAt);
  return (
    (status == null || status.includes(video.status)) &&
    (externalId == null || externalId === video.externalId) &&
    (idempotencyKey == null || idempotencyKey === video.idempotencyKey) &&
    (createdAfter == null || createdAt > Date.parse(createdAfter)) &&
    (createdBefore == null || createdAt < Date.parse(createdBefore)) &&
    (search == null || contains(video.prompt, search) || contains(video.externalId ?? "", search))
  );
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}
