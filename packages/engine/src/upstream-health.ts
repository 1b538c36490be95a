import { UpstreamError } from "@reelwire/core/upstream";

/** Whether the upstream would take a request, as far as the latest answers tell. */
export interface UpstreamHealth {
  /** `false` while the upstream refuses the key or the account: nothing works until somebody acts. */
  usable: boolean;
  /** The code of the refusal. */
  code: string | null;
  /** Since when it has been refused. */
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

const USABLE: UpstreamHealth = { usable: true, code: null, since: null };

export function createUpstreamHealth(): UpstreamHealthRecord {
  let health = USABLE;
  return {
    read: () => health,
    answered() {
      if (health.code === "KEY_REJECTED") health = USABLE;
    },
    accepted() {
      health = USABLE;
    },
    failed(error) {
      if (!(error instanceof UpstreamError)) return;
      if (error.code !== "KEY_REJECTED" && error.code !== "FORBIDDEN") return;
      if (health.code !== error.code) health = { usable: false, code: error.code, since: new Date() };
    },
  };
}
