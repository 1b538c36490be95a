import type { Connection } from "./connection.ts";
import { findWebhookDocument } from "./generated/operations.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";
import type { Webhook } from "./webhook.ts";

/** The webhook as it is now; `null` when there is no such webhook, or it is not yours. */
export async function findWebhook(connection: Connection, id: string, options?: CallOptions): Promise<Webhook | null> {
  return (await repeatOperation(connection, findWebhookDocument, { id }, options)).webhook;
}
