import { type AnsweredError, errorFromAnswer, type ReelwireError } from "./reelwire-error.ts";
import { type Backoff, backoffMs, wait } from "./retry.ts";
import type { Socket } from "./socket.ts";
import type { TypedDocument } from "./typed-document.ts";

/** What a subscription tells. None of these may throw. */
export interface Subscriber<TResult> {
  next(data: TResult): void;
  /** It failed, and is not begun again. Nothing follows. */
  failed(error: ReelwireError): void;
  /** The gateway completed it. Answers whether that was its end; otherwise it is begun again. Must not reject. */
  isOver(signal: AbortSignal): Promise<boolean>;
  /** It is over. Nothing follows. */
  over(): void;
  /** It was begun again on the same connection. */
  begunAgain?(): void;
}

/**
 * Keeps one subscription going until it is over: begins it again after lost connections, after errors that may be
 * retried, and when the gateway completes it too early. The socket sends `variables` as they are each time: the
 * subscriber may change them to say from where to go on.
 *
 * @returns how to end it; nothing is told after that
 */
export function keepSubscribed<TResult, TVariables extends object>(
  socket: Socket,
  backoff: Backoff,
  document: TypedDocument<TResult, TVariables>,
  variables: TVariables,
  subscriber: Subscriber<TResult>,
): () => void {
  const ended = new AbortController();
  let retries = 0;
  let round = 0;
  let stop = () => {};

  function end() {
    ended.abort();
    stop();
  }
  function fail(error: ReelwireError) {
    // For a token the socket tries again by itself, once for all of its subscriptions.
    if (!error.retryable || error.code === "TOKEN_UNAVAILABLE") {
      end();
      subscriber.failed(error);
    } else if (error.code === "UNAUTHENTICATED") {
      // With another token. The socket waits before that, once for all of its subscriptions.
      stop();
      begin();
    } else beginAgain(error);
  }
  function beginAgain(error?: ReelwireError) {
    round++;
    stop();
    wait(Math.max(error?.retryAfterMs ?? 0, backoffMs(backoff, retries++)), ended.signal).then(
      () => {
        begin();
        subscriber.begunAgain?.();
      },
      () => {},
    );
  }
  function begin() {
    const own = ++round;
    // The socket tells of a subscription's end even when it was stopped here.
    const current = () => own === round && !ended.signal.aborted;
    stop = socket.subscribe(
      { query: String(document), variables },
      {
        next(answer: { data?: TResult | null; errors?: readonly AnsweredError[] }) {
          if (!current()) return;
          if (answer.errors?.length || answer.data == null) return fail(errorFromAnswer(answer.errors ?? []));
          retries = 0;
          subscriber.next(answer.data);
        },
        error(error) {
          if (current()) fail(error);
        },
        async complete() {
          if (!current()) return;
          const over = await subscriber.isOver(ended.signal);
          if (!current()) return;
          if (!over) return beginAgain();
          end();
          subscriber.over();
        },
      },
    );
  }

  begin();
  return end;
}
