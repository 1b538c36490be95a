import { UpstreamError, type UpstreamErrorCode } from "@reelwire/core/upstream";

/** Whether the upstream would take a request, as far as the latest answers tell. */
export interface UpstreamHealth {
  /** `false` while the upstream refuses the key or the account: nothing works until somebody acts. */
  usable: boolean;
  /** What the newest call failed with, if it was the upstream's or the network's fault; `null` when all is well. */
  code: UpstreamErrorCode | null;
  /** Since when it has failed so. */
  since: Date | null;
}

/** Remembers what the upstream's answers say of our key and account. */
export interface UpstreamHealthRecord {
  read(): UpstreamHealth;
  /** A read was answered: the key is valid. Whether there are credits is not said. */
  answered(): void;
  /** A submission was accepted, or the account has money: key and account are good. */
  accepted(): void;
  failed(error: unknown): void;
}

const REFUSALS: ReadonlySet<UpstreamErrorCode> = new Set(["KEY_REJECTED", "FORBIDDEN"]);
const FAILURES: ReadonlySet<UpstreamErrorCode> = new Set([
  ...(["UNREACHABLE", "TIMED_OUT", "CONNECTION_LOST", "UPSTREAM_FAILED", "BAD_ANSWER", "RATE_LIMITED"] as const),
]);

const USABLE: UpstreamHealth = { usable: true, code: null, since: null };

export function createUpstreamHealth(): UpstreamHealthRecord {
  let health = USABLE;
  return {
    read: () => health,
    answered() {
      if (health.code !== "FORBIDDEN") health = USABLE;
    },
    accepted() {
      health = USABLE;
    },
    failed(error) {
      if (!(error instanceof UpstreamError)) return;
      const isRefusal = REFUSALS.has(error.code);
      if (!isRefusal && (!health.usable || !FAILURES.has(error.code))) return;
      if (health.code !== error.code) health = { usable: !isRefusal, code: error.code, since: new Date() };
    },
  };
}
