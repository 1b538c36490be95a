/** How often the embedded database does what a server's background processes would. */
export interface MaintenanceOptions {
  /** How often to look whether something is due, in milliseconds; `0` for never by itself. Default: 10,000. */
  intervalMs?: number;
  /** Checkpoint once this much WAL was written since the last one, in bytes. Default: 16 MiB. */
  checkpointBytes?: number;
  /** Checkpoint after this time if any WAL was written, in milliseconds. Default: 300,000, as PostgreSQL does. */
  checkpointAgeMs?: number;
  /** Vacuum a table with more dead rows than this and a fifth of its living ones. Default: 500. */
  vacuumDeadRows?: number;
  /** Vacuum every table after this time, system tables too, in milliseconds. Default: 3,600,000. */
  vacuumAllMs?: number;
  /** Called with an error of a round that the timer began; the next is tried all the same. Default: ignored. */
  onError?: (error: unknown) => void;
  /** The time in milliseconds. Default: `Date.now`. */
  now?: () => number;
}

/** What one round of maintenance did. */
export interface MaintenanceReport {
  /** Whether a checkpoint was made. */
  checkpointed: boolean;
  /** Tables that were vacuumed, with their schema, quoted where necessary. */
  vacuumed: string[];
}

/** Maintenance that is under way until stopped. */
export interface Maintenance {
  /** One round now; the one under way, if there is. */
  run(): Promise<MaintenanceReport>;
  /** Ends the timer and waits for the round under way. */
  stop(): Promise<void>;
}

type ExecuteSql = (text: string) => Promise<{ rows: Record<string, unknown>[] }>;

export function startMaintenance(executeSql: ExecuteSql, options?: MaintenanceOptions): Maintenance {
  throw new Error("todo");
}
