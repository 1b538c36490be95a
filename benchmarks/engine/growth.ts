import type { PostgresServer } from "../../packages/postgres-for-tests/src/index.ts";
import { DATABASE, percentile, startSetting, until } from "./setting.ts";

/** What one more video costs where there are many already. */
export interface Growth {
  /** Finished videos in the database, each with five events. */
  videos: number;
  createP50: number;
  createP99: number;
  listP50: number;
  /** Carried from end to end in a second. */
  perSecond: number;
  /** Of the database, in megabytes. */
  megabytes: number;
}

const MEASURED = 500;

/** Fills the database further and further, and measures the same each time. */
export async function measureGrowth(sizes: readonly number[]): Promise<Growth[]> {
  await using setting = await startSetting("postgres", 1_000);
  const { postgres } = setting;
  if (postgres === null) throw new Error("needs a server");
  const node = await setting.start();
  await node.create(100, 10);
  await until(async () => (await node.health()).active === 0);
  const grown: Growth[] = [];
  let filled = 0;
  for (const size of sizes) {
    await fill(postgres, filled, size);
    filled = size;
    const startedAt = performance.now();
    const took = await node.create(MEASURED, 20);
    await until(async () => (await node.health()).active === 0, 20);
    const seconds = (performance.now() - startedAt) / 1_000;
    const listed = await node.list(100);
    const [{ bytes } = { bytes: 0 }] = await postgres.query<{ bytes: number }>(
      "SELECT pg_database_size($1)::float8 AS bytes",
      [DATABASE],
    );
    grown.push({
      videos: size,
      createP50: percentile(took, 0.5),
      createP99: percentile(took, 0.99),
      listP50: percentile(listed, 0.5),
      perSecond: MEASURED / seconds,
      megabytes: bytes / 1e6,
    });
  }
  return grown;
}

/** Copies a finished video with its events until there are so many, the oldest first, ids as sortable as real ones. */
async function fill(postgres: PostgresServer, from: number, to: number): Promise<void> {
  const id = (n: string) => `(lpad(to_hex(1700000000000 + ${n}), 12, '0') || substr(md5(${n}::text), 1, 20))::uuid`;
  const batch = 100_000;
  for (let begin = from; begin < to; begin += batch) {
    const end = Math.min(to, begin + batch) - 1;
    await postgres.query(
      `WITH model AS (SELECT to_jsonb(videos) AS video FROM videos WHERE source_url IS NOT NULL ORDER BY id DESC LIMIT 1)
       INSERT INTO videos SELECT copy.* FROM model, generate_series(${begin}, ${end}) AS n,
         jsonb_populate_record(NULL::videos, model.video || jsonb_build_object('id', ${id("n")},
           'finished_at', timestamptz '2025-01-01' + n * interval '1 second')) AS copy`,
      [],
      DATABASE,
    );
    await postgres.query(
      `WITH model AS (SELECT * FROM video_events WHERE video_id =
         (SELECT id FROM videos WHERE source_url IS NOT NULL ORDER BY id DESC LIMIT 1))
       INSERT INTO video_events SELECT ${id("n")}, model.version, model.event, model.state, model.at
       FROM model, generate_series(${begin}, ${end}) AS n`,
      [],
      DATABASE,
    );
  }
  await postgres.query("VACUUM ANALYZE", [], DATABASE);
}
