import type { Video } from "@reelwire/core/operations";
import type { ZObject } from "zapier-platform-core";
import { hydrators } from "./hydrators.ts";

/** A video as all steps give it. */
export interface VideoOutput extends Video {
  /** Where a later step finds the file; it is fetched only if one asks for it. */
  file: string | null;
}

/** A video as all steps give it. */
export function videoOutput(z: ZObject, video: Video): VideoOutput {
  const file = video.url === null ? null : z.dehydrateFile(hydrators.videoFile, { id: video.id });
  return { ...video, file };
}
