import type { Connection } from "./connection.ts";
import { type ListVideosQueryVariables, listVideosDocument } from "./generated/operations.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";
import type { VideoPage } from "./video.ts";

/** Which videos to list, and which page of them. */
export type ListVideosArgs = ListVideosQueryVariables;

/** A page of videos, the newest first. */
export async function listVideos(
  connection: Connection,
  args: ListVideosArgs = {},
  options?: CallOptions,
): Promise<VideoPage> {
  return (await repeatOperation(connection, listVideosDocument, args, options)).videos;
}
