import type { Connection } from "./connection.ts";
import { redeliverWebhookDocument } from "./generated/operations.ts";
import type { WebhookDelivery } from "./generated/schema.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";

/** Tries a delivery again, at once, whatever became of it, and for two days if need be. */
export async function redeliverWebhook(
  connection: Connection,
  deliveryId: string,
  options?: CallOptions,
): Promise<WebhookDelivery> {
  return (await repeatOperation(connection, redeliverWebhookDocument, { id: deliveryId }, options)).redeliverWebhook
    .delivery;
}
