import type { Connection } from "./connection.ts";
import { quoteVideoDocument } from "./generated/operations.ts";
import type { CreateVideoInput, Quote } from "./generated/schema.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";

/** What that video would cost. Nothing is made, and the price is not kept: `maxUsd` holds `createVideo` to one. */
export async function quoteVideo(
  connection: Connection,
  input: CreateVideoInput,
  options?: CallOptions,
): Promise<Quote> {
  return (await repeatOperation(connection, quoteVideoDocument, { input }, options)).quoteVideo;
}
