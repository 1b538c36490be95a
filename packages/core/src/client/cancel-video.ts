import type { Connection } from "./connection.ts";
import { cancelVideoDocument } from "./generated/operations.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";
import type { CanceledVideo } from "./video.ts";

/** Ends a video that is not finished. What was sent upstream may still be charged; the answer says so. */
export async function cancelVideo(connection: Connection, id: string, options?: CallOptions): Promise<CanceledVideo> {
  return (await repeatOperation(connection, cancelVideoDocument, { id }, options)).cancelVideo;
}
