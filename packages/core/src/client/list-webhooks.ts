import type { Connection } from "./connection.ts";
import { listWebhooksDocument } from "./generated/operations.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";
import type { Webhook } from "./webhook.ts";

/** The webhooks that you may see, the newest first; those that were switched off too. */
export async function listWebhooks(connection: Connection, options?: CallOptions): Promise<readonly Webhook[]> {
  return (await repeatOperation(connection, listWebhooksDocument, {}, options)).webhooks;
}
