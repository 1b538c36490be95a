import type { Connection } from "./connection.ts";
import { rotateWebhookSecretDocument } from "./generated/operations.ts";
import type { CallOptions } from "./send.ts";
import { sendOperation } from "./send-operation.ts";
import type { RotatedWebhookSecret } from "./webhook.ts";

/**
 * Makes a new secret, of a webhook, or with `null` the project's, which callbacks are signed with. For a day deliveries are signed with
 * the one before as well. It is sent once: done twice, the secret that your receivers know would not be the one before any more.
 */
export async function rotateWebhookSecret(
  connection: Connection,
  id: string | null,
  options?: CallOptions,
): Promise<RotatedWebhookSecret> {
  return (await sendOperation(connection, rotateWebhookSecretDocument, { id }, options)).rotateWebhookSecret;
}
