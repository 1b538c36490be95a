import type { VideoRequest } from "@reelwire/core";
import type { Kysely } from "kysely";
import type { EngineSchema } from "./database/schema.ts";
import type { StoredVideo } from "./video-row.ts";
import { videoUuid } from "./video-row.ts";

/**
 * Stands in a stored request for an image that was given as a `data:` URI. Such images may be ten megabytes each, so
 * they lie in a table of their own and are read only for the submission and for whoever asks for them: what is carried,
 * watched and listed stays small.
 */
const STORED_APART = "data:";

/** The images of one request that are stored apart. */
export interface EmbeddedImages {
  imageUrl: string | null;
  lastImageUrl: string | null;
}

/** A request as it is stored in its row, and the images that are not; `null` when it has none. */
export function takeImagesApart(request: VideoRequest): { request: VideoRequest; images: EmbeddedImages | null } {
  const imageUrl = embedded(request.imageUrl);
  const lastImageUrl = embedded(request.lastImageUrl);
  if (imageUrl === null && lastImageUrl === null) return { request, images: null };
  return {
    request: {
      ...request,
      imageUrl: imageUrl === null ? request.imageUrl : STORED_APART,
      lastImageUrl: lastImageUrl === null ? request.lastImageUrl : STORED_APART,
    },
    images: { imageUrl, lastImageUrl },
  };
}

/** Whether some of a video's images are stored apart. */
export function hasEmbeddedImages({ request }: StoredVideo): boolean {
  return request.imageUrl === STORED_APART || request.lastImageUrl === STORED_APART;
}

/** What was asked for, with its images. */
export async function wholeRequest(db: Kysely<EngineSchema>, video: StoredVideo): Promise<VideoRequest> {
  const { id, request } = video;
  if (!hasEmbeddedImages(video)) return request;
  const images = await db
    .selectFrom("video_images")
    .select(["image_url", "last_image_url"])
    .where("video_id", "=", videoUuid(id))
    .executeTakeFirstOrThrow();
  return {
    ...request,
    imageUrl: images.image_url ?? request.imageUrl,
    lastImageUrl: images.last_image_url ?? request.lastImageUrl,
  };
}

function embedded(url: string | null): string | null {
  return url?.slice(0, STORED_APART.length).toLowerCase() === STORED_APART ? url : null;
}
