import { type AnsweredError, errorFromAnswer, ReelwireError } from "./reelwire-error.ts";
import { type Backoff, backoffMs, wait } from "./retry.ts";
import { isRefusal, type Socket } from "./socket.ts";
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
    if (error.retryable) return beginAgain();
    end();
    subscriber.failed(error);
  }
  function beginAgain() {
    round++;
    stop();
    wait(backoffMs(backoff, retries++), ended.signal).then(
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
        error(reason) {
          if (current()) fail(errorFromSocket(reason));
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

/** What graphql-ws ends a subscription with: the operation's errors, or what closed the socket for good. */
function errorFromSocket(reason: unknown): ReelwireError {
  if (Array.isArray(reason)) return errorFromAnswer(reason);
  if (isRefusal(reason)) {
    const message = `The gateway refused the websocket: ${reason.code} ${reason.reason}`;
    return new ReelwireError({ code: "SOCKET_REFUSED", message, retryable: false, cause: reason });
  }
  return new ReelwireError({ code: "NETWORK", message: "The websocket broke.", retryable: true, cause: reason });
}
