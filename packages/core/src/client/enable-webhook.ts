import type { Connection } from "./connection.ts";
import { enableWebhookDocument } from "./generated/operations.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";
import type { Webhook } from "./webhook.ts";

/** Switches a webhook on again that was switched off. What it missed is sent by `redeliverWebhook`. */
export async function enableWebhook(connection: Connection, id: string, options?: CallOptions): Promise<Webhook> {
  return (await repeatOperation(connection, enableWebhookDocument, { id }, options)).enableWebhook.webhook;
}
