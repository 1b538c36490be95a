import { type Connection, parts } from "./connection.ts";
import { retryAfterMs } from "./retry.ts";
import type { Subscriber } from "./subscription.ts";
import type { TypedDocument } from "./typed-document.ts";

/** Who is kept subscribed. */
export interface Kept<TResult> extends Subscriber<TResult> {
  /** The gateway completed it, too early: it is begun again. */
  completed?(): void;
}

/**
 * Keeps one subscription going until the subscriber has all: begins it again after lost connections, after errors that may be
 * retried, and when the gateway completes it too early. `variables` are sent as they are each time: the subscriber may change
 * them to say from where to go on. Rejects with an error that may not be retried, or with the signal's reason.
 */
export async function keepSubscribed<TResult, TVariables extends Record<string, unknown>>(
  connection: Connection,
  document: TypedDocument<TResult, TVariables>,
  variables: TVariables,
  subscriber: Kept<TResult>,
  signal: AbortSignal,
): Promise<void> {
  const { pace, subscribe, heedPage } = connection[parts];
  heedPage(signal);
  for (;;) {
    await pace.rested(signal);
    try {
      if (await subscribe({ query: String(document), variables }, subscriber, signal)) return;
      subscriber.completed?.();
      pace.failed(0);
    } catch (error) {
      pace.failed(retryAfterMs(error));
    }
  }
}
