import type { UpstreamClient } from "@reelwire/core/upstream";
import { reasonOf } from "./log-reason.ts";
import type { Logger } from "./logger.ts";
import type { UpstreamHealthRecord } from "./upstream-health.ts";
import { pause } from "./wake.ts";

/** How often an account that is refused is asked about, in milliseconds, so that mending it is noticed without a video. */
const CHECK_EVERY_MS = 60_000;

/** Asks for the account's balance at the start, and every minute while the upstream refuses the key or the account. */
export async function checkAccount(
  upstream: UpstreamClient,
  health: UpstreamHealthRecord,
  log: Logger,
  closing: AbortSignal,
): Promise<void> {
  for (let first = true; !closing.aborted; first = false) {
    if (first || !health.read().usable) {
      try {
        const { usd } = await upstream.balance({ signal: closing });
        if (usd > 0) health.accepted();
        else health.answered();
      } catch (error) {
        health.failed(error);
        const { usable, code } = health.read();
        if (closing.aborted) return;
        if (usable) log.warn(reasonOf(error), "the upstream could not be asked for the account's balance");
        else
          log.error({ code }, "the upstream refuses the key or the account: no video can be made until that is mended");
      }
    }
    await pause(CHECK_EVERY_MS, closing);
  }
}
