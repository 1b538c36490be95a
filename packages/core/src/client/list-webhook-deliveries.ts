import type { Connection } from "./connection.ts";
import { listWebhookDeliveriesDocument } from "./generated/operations.ts";
import type { WebhookDelivery, WebhookDeliveryStatus } from "./generated/schema.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";

/** Which deliveries to list. All that is given must hold. */
export interface ListWebhookDeliveriesArgs {
  /** Only what is for this webhook. */
  webhookId?: string | undefined;
  /** Only what tells of this video. */
  videoId?: string | undefined;
  /** Only what is in this status. */
  status?: WebhookDeliveryStatus | undefined;
  /** At most 100. Default: 20. */
  first?: number | undefined;
}

/** What was sent to webhooks and callbacks, or is about to be, with every attempt: the newest first. */
export async function listWebhookDeliveries(
  connection: Connection,
  args: ListWebhookDeliveriesArgs = {},
  options?: CallOptions,
): Promise<readonly WebhookDelivery[]> {
  return (await repeatOperation(connection, listWebhookDeliveriesDocument, args, options)).webhookDeliveries;
}
