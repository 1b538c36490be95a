import type { Connection } from "./connection.ts";
import { createVideoDocument } from "./generated/operations.ts";
import type { CreateVideoInput } from "./generated/schema.ts";
import { newIdempotencyKey } from "./idempotency-key.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";
import type { CreatedVideo } from "./video.ts";

/**
 * Asks for a video, and answers as soon as it is saved. Nothing is paid for twice: where the input has no
 * `idempotencyKey` a random one is added, and every retry sends the same. To send a request again yourself, say after a
 * `NETWORK` error or a restart, give a key of your own.
 */
export async function createVideo(
  connection: Connection,
  input: CreateVideoInput,
  options?: CallOptions,
): Promise<CreatedVideo> {
  const idempotencyKey = input.idempotencyKey ?? newIdempotencyKey();
  const variables = { input: { ...input, idempotencyKey } };
  const { createVideo } = await repeatOperation(connection, createVideoDocument, variables, options);
  // With a key of ours, "used before" only means that the answer to an earlier try of this very call was lost.
  return input.idempotencyKey == null ? { ...createVideo, reused: false } : createVideo;
}
