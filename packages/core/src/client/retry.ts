import { ReelwireError } from "./reelwire-error.ts";

/** How long to wait before something is tried again. */
export interface Backoff {
  /** Before the first retry, in milliseconds; doubled for each further one. */
  retryDelayMs: number;
  /** At most, in milliseconds. */
  maxRetryDelayMs: number;
}

/** Milliseconds to wait before another try, `retries` having been made; less up to half, so that clients do not return in step. */
export function backoffMs({ retryDelayMs, maxRetryDelayMs }: Backoff, retries: number): number {
  return Math.min(maxRetryDelayMs, retryDelayMs * 2 ** retries) * (1 - Math.random() / 2);
}

/** Resolves after so many milliseconds, and rejects with the signal's reason when it aborts. */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}

/** Settles as a promise does, or rejects with the signal's reason when it aborts before. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/**
 * Repeats a call while its error is `retryable`, at most `retries` times after the first. Where the gateway said when to try
 * again, not before; and not at all, when that is longer than any wait.
 */
export async function retrying<T>(
  backoff: Backoff & { retries: number },
  signal: AbortSignal | undefined,
  call: () => Promise<T>,
): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ReelwireError) || !error.retryable || retries >= backoff.retries) throw error;
      const afterMs = error.retryAfterMs ?? 0;
      if (afterMs > backoff.maxRetryDelayMs) throw error;
      await wait(Math.max(afterMs, backoffMs(backoff, retries)), signal);
    }
  }
}
