import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineOptions } from "../../packages/engine/src/index.ts";
import { type PostgresServer, startPostgres } from "../../packages/postgres-for-tests/src/index.ts";
import { type BenchmarkNode, startNode } from "./node.ts";
import { type BenchmarkUpstream, startUpstream } from "./upstream.ts";

/** The name of the database on the server. */
export const DATABASE = "benchmark";

export type DatabaseKind = "pglite" | "postgres";

/** An upstream and a database of its own, for one measurement. */
export interface Setting extends AsyncDisposable {
  upstream: BenchmarkUpstream;
  /** `null` for the embedded database. */
  postgres: PostgresServer | null;
  /** What an engine on them is started with. */
  options: EngineOptions;
  /** One more engine on them, in a process of its own. */
  start(options?: Partial<EngineOptions>): Promise<BenchmarkNode>;
}

export async function startSetting(kind: DatabaseKind, durationMs: number): Promise<Setting> {
  const ended = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-benchmark-"));
  ended.defer(() => rm(dataDir, { recursive: true, force: true }));
  const upstream = ended.use(await startUpstream(durationMs));
  const postgres =
    kind === "postgres"
      ? ended.use(await startPostgres({ durable: true, settings: { shared_preload_libraries: "pg_stat_statements" } }))
      : null;
  await postgres?.query("CREATE EXTENSION pg_stat_statements");
  const databaseUrl = await postgres?.createDatabase({ name: DATABASE });
  const shared: EngineOptions = {
    dataDir,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    upstream: { apiKey: upstream.apiKey, baseUrl: upstream.url },
  };
  return {
    upstream,
    postgres,
    options: shared,
    async start(options = {}) {
      return ended.use(await startNode({ ...shared, ...options }));
    },
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

/** The value below which this share of the others lies. */
export function percentile(values: readonly number[], share: number): number {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? Number.NaN;
}

/** Asks again and again until it holds. */
export async function until(condition: () => Promise<boolean>, everyMs = 100): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, everyMs));
}

/** Rows that were inserted, updated and deleted so far, by table; to be asked when no engine is connected any more. */
export async function rowWrites(postgres: PostgresServer): Promise<Map<string, number>> {
  const rows = await postgres.query<{ table: string; writes: number }>(
    `SELECT schemaname || '.' || relname AS table, (n_tup_ins + n_tup_upd + n_tup_del)::float8 AS writes
     FROM pg_stat_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0`,
    [],
    DATABASE,
  );
  return new Map(rows.map(({ table, writes }) => [table, writes]));
}

/** Statements that the server has executed in the benchmark's database since it was last asked. */
export async function statementsSince(postgres: PostgresServer): Promise<number> {
  const [{ calls } = { calls: 0 }] = await postgres.query<{ calls: number }>(
    `SELECT coalesce(sum(calls), 0)::float8 AS calls FROM pg_stat_statements
     WHERE dbid = (SELECT oid FROM pg_database WHERE datname = $1)`,
    [DATABASE],
  );
  await postgres.query("SELECT pg_stat_statements_reset()");
  return calls;
}
