import { UpstreamError, type UpstreamClient } from "@reelwire/core/upstream";
import type { Logger } from "@reelwire/engine";

/** Whether the upstream takes our key, asked at the start instead of found out by the first video. */
export interface KeyCheck {
  /** Why the upstream refuses us, as a code; `null` while it is not known to. */
  refusal(): "KEY_REJECTED" | "FORBIDDEN" | null;
  stop(): void;
}

/** How long until the question is asked again after anything but a yes. */
const ASK_AGAIN_MS = 60_000;

/**
 * Asks for the balance, in the background, until the upstream answers it once.
 *
 * @param onRefused told once, in one line for people
 */
export function startKeyCheck(upstream: Pick<UpstreamClient, "balance">, log: Logger, onRefused: (line: string) => void): KeyCheck {
  const stopping = new AbortController();
  let refusal: ReturnType<KeyCheck["refusal"]> = null;
  let timer: NodeJS.Timeout | undefined;

  async function ask(): Promise<void> {
    try {
      await upstream.balance({ signal: stopping.signal });
      refusal = null;
    } catch (error) {
      if (stopping.signal.aborted) return;
      const code = error instanceof UpstreamError ? error.code : null;
      if (code === "KEY_REJECTED" || code === "FORBIDDEN") {
        if (refusal === null) onRefused(REFUSED[code]);
        refusal = code;
      } else {
        log.warn({ err: error }, "the upstream could not be asked whether it takes the key");
      }
      timer = setTimeout(() => void ask(), ASK_AGAIN_MS).unref();
    }
  }

  void ask();
  return {
    refusal: () => refusal,
    stop() {
      stopping.abort();
      clearTimeout(timer);
    },
  };
}

const REFUSED = {
  KEY_REJECTED: "The upstream refuses the key in AIMLAPI_API_KEY: no video can be made until it is a valid one.",
  FORBIDDEN: "The upstream refuses for lack of credits or permission: no video can be made until that is settled.",
};
