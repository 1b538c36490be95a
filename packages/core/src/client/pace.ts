import { abortable } from "./abortable.ts";
import { type Backoff, backoffMs } from "./retry.ts";

/** When all that is watched may be begun again, once for all of it: later after each failure. */
export interface Pace {
  /** Something works. */
  works(): void;
  /** Something failed. @param afterMs before which it is not to be tried again, as the gateway said, in milliseconds */
  failed(afterMs: number): void;
  /** Resolves when it may be tried, for all who rest at once. Rejects with the signal's reason. */
  rested(signal: AbortSignal): Promise<void>;
  /** There may be a network again: what rests is tried now, unless the gateway said otherwise. */
  wake(): void;
}

export function createPace(backoff: Backoff): Pace {
  const resting = new Set<() => void>();
  let failures = 0;
  let notBefore = 0;
  /** Before which the gateway wants to hear nothing. */
  let told = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function go() {
    for (const resolve of resting) resolve();
  }
  return {
    works() {
      failures = 0;
    },
    failed(afterMs) {
      const now = Date.now();
      // What fails while others rest, failed with them.
      told = Math.max(told, now + afterMs);
      notBefore = Math.max(notBefore, told, now < notBefore ? 0 : now + backoffMs(backoff, failures++));
    },
    async rested(signal) {
      const leftMs = notBefore - Date.now();
      if (leftMs <= 0) return;
      await abortable<void>(signal, (resolve) => {
        resting.add(resolve);
        clearTimeout(timer);
        timer = setTimeout(go, leftMs);
        return () => {
          resting.delete(resolve);
          if (resting.size === 0) clearTimeout(timer);
        };
      });
    },
    wake() {
      notBefore = told;
      if (Date.now() >= told) go();
    },
  };
}
