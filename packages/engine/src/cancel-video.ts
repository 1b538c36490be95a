import { ApiError, isFinal, transition, type VideoStatus } from "@reelwire/core";
import type { CarryContext } from "./carry-context.ts";
import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import type { EventBus } from "./event-bus.ts";
import { findVideo, saveVersion, versionsAfter } from "./store.ts";
import type { StoredVideo } from "./video-row.ts";
import type { Viewer } from "./viewer.ts";

/** What `cancelVideo` answers. */
export interface CanceledVideo {
  video: StoredVideo;
  /** `false` when nothing had been sent. Otherwise we stop looking, and the upstream, which cannot cancel, may finish and charge. */
  upstreamMayStillCharge: boolean;
}

/**
 * Ends a video that is not finished. Canceling it again answers the same.
 *
 * @throws {ApiError} `NOT_FOUND`; `VIDEO_ALREADY_FINISHED` when it was completed or had failed before
 */
export async function cancelVideo(
  { db, bus, tell }: { db: EngineDatabase<EngineSchema>; bus: EventBus; tell: CarryContext["tell"] },
  viewer: Viewer,
  id: string,
): Promise<CanceledVideo> {
  for (;;) {
    const video = await findVideo(db.kysely, viewer, id);
    if (video === null) throw new ApiError("NOT_FOUND");
    if (video.status === "CANCELED") return { video, upstreamMayStillCharge: await hadBeenSent(db, video) };
    if (isFinal(video.status)) throw new ApiError("VIDEO_ALREADY_FINISHED");
    const next = transition(video, { type: "canceled" }, new Date());
    // Not fenced: whoever carries it finds the newer version and stops. A lost race is read and decided anew.
    const deliveries = await saveVersion(db.kysely, { video, next, event: "canceled" }, null);
    if (deliveries !== null) {
      bus.publish({ videoId: id, owner: video.owner, version: next.version, lastCheckedAt: null });
      await tell(deliveries);
      return { video: next, upstreamMayStillCharge: mayCharge(video.status) };
    }
  }
}

/** Before the POST nothing can be charged. */
function mayCharge(statusWhenCanceled: VideoStatus): boolean {
  return statusWhenCanceled !== "ACCEPTED";
}

async function hadBeenSent(db: EngineDatabase<EngineSchema>, video: StoredVideo): Promise<boolean> {
  const [before] = await versionsAfter(db.kysely, video.id, video.version - 2);
  return mayCharge(before?.status ?? "ACCEPTED");
}
