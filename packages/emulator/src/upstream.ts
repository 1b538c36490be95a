import type { AlarmClock } from "./clock.ts";
import type { Events } from "./events.ts";
import type { FaultQueue } from "./faults.ts";
import type { Generations } from "./generations.ts";
import type { Ledger } from "./ledger.ts";
import type { RecordedRequests } from "./recorded-requests.ts";
import type { LogDelay, RequestLog } from "./request-log.ts";
import type { State } from "./state.ts";

/** Everything the emulator knows. It outlives the servers that answer from it. */
export interface Upstream {
  readonly clock: AlarmClock;
  readonly events: Events;
  readonly faults: FaultQueue;
  readonly requests: RecordedRequests;
  readonly ledger: Ledger;
  readonly log: RequestLog;
  readonly generations: Generations;
  readonly state: State;
  readonly keys: ReadonlySet<string>;
  readonly logDelayMs: LogDelay;
  readonly logCallsPerMinute: number;
  /** Emulator times of the log calls of the last minute. */
  readonly logCalls: number[];
  /** How often each prompt marker with a limit has taken effect. */
  readonly markerUses: Map<string, number>;
  /** Where the files are, without a slash at the end. */
  readonly publicUrl: () => string;
}
