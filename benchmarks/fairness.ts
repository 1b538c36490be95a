/**
 * How long one key's video waits while ten thousand of another key do, and what that many cost those who make more: `pnpm build`, then
 * `node benchmarks/fairness.ts`, some five minutes. The upstream and PostgreSQL have processes of their own on this machine; the nodes
 * are in this one. Prints Markdown.
 */
import { parseCreateVideoInput } from "../packages/core/src/index.ts";
import { type Engine, type EngineOptions, startEngine, type Viewer } from "../packages/engine/src/index.ts";
import { percentile, startSetting } from "./engine/setting.ts";

const WAITING = 10_000;
const SUBMISSIONS_PER_SECOND = 50;
const INTERVAL_MS = 1_000 / SUBMISSIONS_PER_SECOND;
/** Newcomers measured, each with a key of its own, one after the other. */
const NEWCOMERS = 30;

const print = (line = "") => process.stdout.write(`${line}\n`);
const row = (...cells: (string | number)[]) => print(`| ${cells.join(" | ")} |`);

const withKey = (keyId: string): Viewer => ({ project: "default", subject: null, keyId });
const input = parseCreateVideoInput({ prompt: "a boat", durationSeconds: 4 });

// Generations that never end: what is measured is the line before them.
await using setting = await startSetting("postgres", 1e9);

function start(options: Partial<EngineOptions>): Promise<Engine> {
  return startEngine({ ...setting.options, ...options });
}

/** Makes videos with a key, some at a time; returns how long each took, in milliseconds, and all together, in seconds. */
async function create(engine: Engine, keyId: string, count: number, atOnce = 20) {
  const took: number[] = [];
  let begun = 0;
  const beganAt = performance.now();
  const one = async () => {
    while (begun < count) {
      begun += 1;
      const startedAt = performance.now();
      await engine.createVideo(withKey(keyId), input);
      took.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return { took, seconds: (performance.now() - beganAt) / 1_000 };
}

async function measureCreation(): Promise<void> {
  print("### Making more\n");
  row("waiting", "`createVideo` p50, p99", "a second");
  row("---", "---", "---");
  const accepting = await start({ carries: false });
  await create(accepting, "many", 500);
  const measure = async (waiting: number) => {
    const { took, seconds } = await create(accepting, "many", 1_000);
    const [p50, p99] = [percentile(took, 0.5), percentile(took, 0.99)];
    row(waiting.toLocaleString("en"), `${p50.toFixed(1)}, ${p99.toFixed(1)} ms`, (1_000 / seconds).toFixed(0));
  };
  await measure(500);
  await create(accepting, "many", WAITING - 1_500);
  await measure(WAITING);
  await accepting.close();
}

async function measureWaits(name: string, nodeCount: number): Promise<void> {
  /** In the order they were sent. */
  const sent: string[] = [];
  const waiting = new Map<string, () => void>();
  const onStep: EngineOptions["onStep"] = (step, videoId) => {
    if (step !== "submit_started_saved") return;
    sent.push(videoId);
    waiting.get(videoId)?.();
  };
  const sentCount = async (count: number) => {
    while (sent.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const limits = { submissionsPerSecond: SUBMISSIONS_PER_SECOND, generations: null, pollsPerSecond: null };
  const nodes: Engine[] = [];
  for (let i = 0; i < nodeCount; i += 1) nodes.push(await start({ limits, onStep }));
  const [node] = nodes;
  if (node === undefined) throw new Error("needs a node");
  // Shares have been agreed on, and the line is full.
  await sentCount(200);
  const { unfinished } = await node.health();

  const waits: number[] = [];
  const before: number[] = [];
  const beganAt = performance.now();
  const sentBefore = sent.length;
  for (let i = 0; i < NEWCOMERS; i += 1) {
    // At no particular moment of the line.
    await sentCount(sent.length + 5 + (i % 7));
    const { video } = await node.createVideo(withKey(`newcomer ${name} ${i}`), input);
    const createdAt = performance.now();
    const sentAlready = sent.length;
    const isSent = Promise.withResolvers<void>();
    waiting.set(video.id, isSent.resolve);
    if (!sent.includes(video.id)) await isSent.promise;
    waits.push(performance.now() - createdAt);
    before.push(Math.max(0, sent.indexOf(video.id) - sentAlready));
  }
  const perSecond = ((sent.length - sentBefore) / (performance.now() - beganAt)) * 1_000;
  const accepted = unfinished.ACCEPTED ?? 0;
  const inOrderMs = accepted * INTERVAL_MS;
  row(
    name,
    accepted.toLocaleString("en"),
    nodeCount,
    perSecond.toFixed(1),
    `${percentile(waits, 0.5).toFixed(0)}, ${Math.max(...waits).toFixed(0)} ms`,
    `${percentile(before, 0.5)}, ${Math.max(...before)}`,
    `${(percentile(waits, 0.5) / INTERVAL_MS).toFixed(1)}, ${(Math.max(...waits) / INTERVAL_MS).toFixed(1)}`,
    `${(inOrderMs / 1_000).toFixed(0)} s`,
    `1/${Math.round(inOrderMs / percentile(waits, 0.5)).toLocaleString("en")}`,
  );
  for (const one of nodes) await one.close();
}

await measureCreation();
print("\n### A newcomer's wait\n");
row(
  "waiting",
  "videos",
  "nodes",
  "sent a second",
  "one more is sent after: p50, max",
  "others sent before it: p50, max",
  "in intervals of the line: p50, max",
  "as it came",
  "ratio",
);
row("---", "---", "---", "---", "---", "---", "---", "---", "---");
await measureWaits("of one key", 1);
await measureWaits("of one key", 2);
const accepting = await start({ carries: false });
for (let i = 0; i < 19; i += 1) await create(accepting, `further ${i}`, 100);
await accepting.close();
await measureWaits("of twenty keys", 1);
