import { TypeID, typeid } from "typeid-js";

const PREFIX = "video";

/** A new video id: `video_` and 26 characters, unique, sortable by time of creation. */
export function newVideoId(): string {
  return typeid(PREFIX).toString();
}

/** The UUID inside a video id, or `null` when the text is not a video id. */
export function videoIdToUuid(id: string): string | null {
  try {
    const parsed = TypeID.fromString(id);
    return parsed.getType() === PREFIX ? parsed.toUUID() : null;
  } catch {
    return null;
  }
}

/** The video id around a UUID. */
export function videoIdFromUuid(uuid: string): string {
  return TypeID.fromUUID(PREFIX, uuid).toString();
}

/**
 * What is sent as `X-Client-Request-Id` with one POST, and looked for in the upstream's request log when the answer
 * is lost: the video's id with the number of the attempt. 1–128 of `A–Z a–z 0–9 . _ : -` are accepted upstream.
 */
export function clientRequestId(videoId: string, attempt: number): string {
  return `${videoId}.${attempt}`;
}
