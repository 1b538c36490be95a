import { wait } from "./abortable.ts";
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
      const afterMs = retryAfterMs(error);
      if (retries >= backoff.retries || afterMs > backoff.maxRetryDelayMs) throw error;
      await wait(Math.max(afterMs, backoffMs(backoff, retries)), signal);
    }
  }
}

/**
 * After how many milliseconds to try again what failed so.
 *
 * @throws the error itself, where trying again would change nothing
 */
export function retryAfterMs(error: unknown): number {
  if (error instanceof ReelwireError && error.retryable) return error.retryAfterMs ?? 0;
  throw error;
}
