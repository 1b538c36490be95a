import type { Connection } from "./connection.ts";
import { createWebhookDocument } from "./generated/operations.ts";
import type { CreateWebhookInput } from "./generated/schema.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";
import type { CreatedWebhook } from "./webhook.ts";

/** Has an address be told how videos end. The same input again gives the same webhook, and its secret. */
export async function createWebhook(
  connection: Connection,
  input: CreateWebhookInput,
  options?: CallOptions,
): Promise<CreatedWebhook> {
  return (await repeatOperation(connection, createWebhookDocument, { input }, options)).createWebhook;
}
