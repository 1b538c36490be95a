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
  /**
   * Called with what failed: the vacuum of one table, after which the others are still done, or a whole round that the
   * timer began, after which the next is still tried. Default: ignored.
   */
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

type ExecuteSql = (text: string) => Promise<{ rows: { table?: string; bytes?: number }[] }>;

/**
 * Checkpoints and vacuums through `executeSql`, which PGlite leaves undone: in its single process there is neither
 * checkpointer nor autovacuum, so WAL and dead rows would grow for ever. One statement for one table at a time, so that
 * the process breathes in between. Measured: a table of 150,000 rows takes 0.2 s, all system tables together 0.1 s; a
 * checkpoint 10 ms, or 0.3 s with 40 MB to write; looking whether something is due, 5 ms.
 */
export function startMaintenance(executeSql: ExecuteSql, options: MaintenanceOptions = {}): Maintenance {
  const {
    intervalMs = 10_000,
    checkpointBytes = 16 * 1024 * 1024,
    checkpointAgeMs = 300_000,
    vacuumDeadRows = 500,
    vacuumAllMs = 3_600_000,
    onError = () => {},
    now = Date.now,
  } = options;
  let checkpointedAt = now();
  let vacuumedAllAt = now();
  let checkpointedLsn: number | undefined;
  let round: Promise<MaintenanceReport> | undefined;
  let stopped = false;

  async function vacuum(): Promise<string[]> {
    const all = now() - vacuumedAllAt >= vacuumAllMs;
    // Counts are otherwise flushed about once a second, so what was deleted just now would not count.
    await executeSql("select pg_stat_force_next_flush()");
    const { rows } = await executeSql(all ? everyTable : tablesWithDeadRows(vacuumDeadRows));
    const vacuumed: string[] = [];
    for (const { table } of rows) {
      if (stopped) return vacuumed;
      try {
        await executeSql(`vacuum (analyze) ${table}`);
        vacuumed.push(String(table));
      } catch (error) {
        onError(error);
      }
    }
    if (all) vacuumedAllAt = now();
    return vacuumed;
  }

  async function checkpoint(): Promise<boolean> {
    const lsn = await writtenBytes();
    checkpointedLsn ??= lsn;
    const written = lsn - checkpointedLsn;
    const due = written >= checkpointBytes || (written > 0 && now() - checkpointedAt >= checkpointAgeMs);
    if (!due) return false;
    await executeSql("checkpoint");
    checkpointedAt = now();
    // Read again: the checkpoint itself writes WAL, which shall not make the next one due.
    checkpointedLsn = await writtenBytes();
    return true;
  }

  async function writtenBytes(): Promise<number> {
    const { rows } = await executeSql("select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as bytes");
    return Number(rows[0]?.bytes);
  }

  function run(): Promise<MaintenanceReport> {
    round ??= (async () => {
      const checkpointed = await checkpoint();
      return { checkpointed, vacuumed: stopped ? [] : await vacuum() };
    })().finally(() => {
      round = undefined;
    });
    return round;
  }

  function runUnlessUnderWay() {
    if (round === undefined) run().catch(onError);
  }

  const timer = intervalMs > 0 ? setInterval(runUnlessUnderWay, intervalMs).unref() : undefined;
  return {
    run,
    async stop() {
      stopped = true;
      clearInterval(timer);
      // Its error, if any, was for whoever began the round.
      await round?.catch(() => {});
    },
  };
}

function tablesWithDeadRows(atLeast: number): string {
  return `
    select format('%I.%I', schemaname, relname) as table
    from pg_stat_all_tables
    where n_dead_tup > ${Number(atLeast)} + 0.2 * n_live_tup`;
}

/** Also those nobody updates: rows must be frozen before 2^31 transactions have passed. */
const everyTable = `
  select format('%I.%I', nspname, relname) as table
  from pg_class join pg_namespace on pg_namespace.oid = relnamespace
  where relkind in ('r', 'm') and relpersistence <> 't'`;
