import { type DatabaseKind, percentile, rowWrites, startSetting, statementsSince, until } from "./setting.ts";

/** What carrying videos from end to end came to. */
export interface Carried {
  database: DatabaseKind;
  videos: number;
  /** From the first `createVideo` until the last file was archived, in seconds. */
  seconds: number;
  /** `createVideo` meanwhile, in milliseconds. */
  createP50: number;
  createP99: number;
  /** For each video; `null`: not counted on the embedded database, where they are the same. */
  statements: number | null;
  rowWrites: number | null;
  /** For each video, by table, the most first. */
  byTable: [string, number][];
  polls: number;
}

/** Makes videos as fast as they are taken, and waits until every file is archived. Generations take 2 s, files nothing. */
export async function measureCarried(database: DatabaseKind, videos: number, atOnce: number): Promise<Carried> {
  await using setting = await startSetting(database, 2_000);
  const { postgres, upstream } = setting;
  // What starting and stopping costs is not the videos'.
  const before = await (await setting.start()).close().then(() => postgres && rowWrites(postgres));
  const node = await setting.start();
  if (postgres !== null) await statementsSince(postgres);
  const startedAt = performance.now();
  const took = await node.create(videos, atOnce);
  await until(async () => {
    const { active, unfinished } = await node.health();
    return active === 0 && Object.keys(unfinished).length === 0;
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  const statements = postgres && (await statementsSince(postgres));
  const { status } = await upstream.counts();
  await node.close();
  const after = postgres && (await rowWrites(postgres));
  const byTable = [...(after ?? [])]
    .map(([table, writes]): [string, number] => [table, (writes - (before?.get(table) ?? 0)) / videos])
    .filter(([table, writes]) => writes >= 0.005 && !table.endsWith(".nodes"))
    .sort((a, b) => b[1] - a[1]);
  return {
    database,
    videos,
    seconds,
    createP50: percentile(took, 0.5),
    createP99: percentile(took, 0.99),
    statements: statements && statements / videos,
    rowWrites: postgres && byTable.reduce((sum, [, writes]) => sum + writes, 0),
    byTable,
    polls: status / videos,
  };
}
