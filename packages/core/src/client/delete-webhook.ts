import type { Connection } from "./connection.ts";
import { deleteWebhookDocument } from "./generated/operations.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";
import type { Webhook } from "./webhook.ts";

/** Ends a webhook, and tells it as it was last. One that is gone already, perhaps since an answer was lost, is `NOT_FOUND`. */
export async function deleteWebhook(connection: Connection, id: string, options?: CallOptions): Promise<Webhook> {
  return (await repeatOperation(connection, deleteWebhookDocument, { id }, options)).deleteWebhook.webhook;
}
