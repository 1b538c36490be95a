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

export interface UpstreamHealthRecord {
  read(): UpstreamHealth;
  answered(): void;
  failed(error: unknown): void;
}

/** Remembers whether the newest answer accepted our key. */
export function createUpstreamHealth(): UpstreamHealthRecord {
  let health: UpstreamHealth = { usable: true, code: null, since: null };
  return {
    read: () => health,
    answered() {
      if (!health.usable) health = { usable: true, code: null, since: null };
    },
    failed(error) {
      if (!(error instanceof UpstreamError)) return;
      if (error.code !== "KEY_REJECTED" && error.code !== "FORBIDDEN") return;
      if (health.code !== error.code) health = { usable: false, code: error.code, since: new Date() };
    },
  };
}
