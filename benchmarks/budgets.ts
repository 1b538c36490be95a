/**
 * What budgets cost those who make videos: `pnpm build`, then `node benchmarks/budgets.ts`, about a minute. The upstream and PostgreSQL have
 * processes of their own on this machine; the engine is in this one, and carries nothing. Prints Markdown.
 */
import { BUDGET_KINDS, BUDGET_PERIODS, newApiKeyId, parseCreateVideoInput } from "../packages/core/src/index.ts";
import { startEngine } from "../packages/engine/src/index.ts";
import { DATABASE, percentile, startSetting } from "./engine/setting.ts";

const VIDEOS = 2_000;
const AT_ONCE = 20;
const MILLION = 1_000_000;
const PROJECT = "default";

const print = (line = "") => process.stdout.write(`${line}\n`);
const row = (...cells: (string | number)[]) => print(`| ${cells.join(" | ")} |`);
const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

const viewer = { project: PROJECT, subject: "ada", keyId: newApiKeyId() };
const input = parseCreateVideoInput({ prompt: "a boat" });
const ample = { kind: "PROJECT", target: null, period: "DAY", limitUsd: 1_000_000 } as const;

await using setting = await startSetting("postgres", 2_000);
const engine = await startEngine({ ...setting.options, carries: false });

async function removeBudgets(): Promise<void> {
  for (const { id } of await engine.budgets(PROJECT)) await engine.removeBudget(PROJECT, id);
}

/** Asks for videos, some at a time, and prints how long that took. */
async function measure(what: string, atOnce: number): Promise<void> {
  const took: number[] = [];
  let begun = 0;
  const beganAt = performance.now();
  const one = async () => {
    while (begun < VIDEOS) {
      begun += 1;
      const startedAt = performance.now();
      await engine.createVideo(viewer, input).catch((error: unknown) => {
        if (!what.startsWith("refused")) throw error;
      });
      took.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  const perSecond = VIDEOS / ((performance.now() - beganAt) / 1_000);
  row(
    what,
    atOnce,
    perSecond.toFixed(0),
    `${percentile(took, 0.5).toFixed(1)}, ${percentile(took, 0.99).toFixed(1)} ms`,
  );
}

print("| budgets | made at once | a second | `createVideo` p50, p99 |");
print("| --- | --- | --- | --- |");
await engine.quote(input.request);
for (const atOnce of [1, AT_ONCE]) {
  await measure("none", atOnce);
  await engine.setBudget(PROJECT, ample);
  await measure("one", atOnce);
  for (const kind of BUDGET_KINDS)
    for (const period of BUDGET_PERIODS) await engine.setBudget(PROJECT, { ...ample, kind, period });
  await measure("six", atOnce);
  await engine.setBudget(PROJECT, { ...ample, limitUsd: 0 });
  await measure("refused by one of six", atOnce);
  await removeBudgets();
}

await setting.postgres?.query(
  `INSERT INTO videos (id, project, subject, key_id, request, fingerprint, created_at, status, version, attempt, updated_at,
     finished_at, estimated_usd, charged_usd, spent_micros)
   SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(number), 12, '0'))::uuid,
     $1, 'ada', $2, jsonb_build_object('prompt', repeat('a boat ', 40)), '', now(), 'COMPLETED', 5, 1, now(), now(), 0.52, 0.52, 520000
   FROM generate_series(1, $3::integer) AS number`,
  [PROJECT, viewer.keyId, MILLION],
  DATABASE,
);
print();
print("| budget | set after a million videos in its period | the first video then | the second |");
print("| --- | --- | --- | --- |");
for (const kind of BUDGET_KINDS) {
  const times = [performance.now()];
  const target = { PROJECT: null, KEY: viewer.keyId, SUBJECT: viewer.subject }[kind];
  await engine.setBudget(PROJECT, { ...ample, kind, target, period: "MONTH" });
  times.push(performance.now());
  for (let made = 0; made < 2; made += 1) {
    await engine.createVideo(viewer, input);
    times.push(performance.now());
  }
  row(kind, ...times.slice(1).map((time, index) => seconds(time - (times[index] ?? time))));
  await removeBudgets();
}
await engine.close();
