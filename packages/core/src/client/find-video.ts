import type { Connection } from "./connection.ts";
import { findVideoDocument } from "./generated/operations.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";
import type { Video } from "./video.ts";

/** The video as it is now; `null` when there is no such video, or it is not yours. */
export async function findVideo(connection: Connection, id: string, options?: CallOptions): Promise<Video | null> {
  return (await repeatOperation(connection, findVideoDocument, { id }, options)).video;
}
