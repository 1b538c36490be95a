import { setTimeout as wait } from "node:timers/promises";
import type { PostgresServer } from "../../packages/postgres-for-tests/src/index.ts";
import type { Draws } from "./draws.ts";
import type { EmulatorLives } from "./emulator-lives.ts";
import type { GatewayNode } from "./node-process.ts";
import { LEASE_MS, type TortureSettings } from "./settings.ts";
import { TakesTurns } from "./take-turns.ts";

/** Everything that can befall the cast, besides the faults of the upstream. */
export const MISFORTUNES = [
  "node killed (SIGKILL)",
  "node paused past its lease (SIGSTOP)",
  "node paused briefly (SIGSTOP)",
  "node cut off from the database past its lease",
  "node restarted gracefully (SIGTERM)",
  "all nodes killed at once",
  "database connections cut",
  "database crashed and started again",
  "emulator unreachable",
  "emulator ended and started anew",
] as const;
export type MisfortuneKind = (typeof MISFORTUNES)[number];

/** One misfortune, planned. */
export interface Misfortune {
  kind: MisfortuneKind;
  /** From the beginning, in milliseconds. */
  atMs: number;
  /** Which node, where it befalls one. */
  node: number;
  /** How long it lasts, or how long until what was ended is started again, in milliseconds. */
  forMs: number;
}

/** On average there is one in so many milliseconds; more often in a torture that is too short for all of them otherwise. */
const EVERY_MS = 3_000;
/** The first comes when videos are under way. */
const FIRST_MS = 1_500;

/** Those that are worth having twice as often. */
const OFTEN: readonly MisfortuneKind[] = ["node killed (SIGKILL)", "node paused past its lease (SIGSTOP)"];

/** Each kind once in a while: all of them, in an order of the seed's, then all of them again. */
export function planMisfortunes(draws: Draws, { seconds, nodes }: TortureSettings): Misfortune[] {
  const round = [...MISFORTUNES, ...OFTEN];
  const lastMs = seconds * 1_000;
  const everyMs = Math.min(EVERY_MS, (lastMs - FIRST_MS) / round.length);
  const planned: Misfortune[] = [];
  let queue: MisfortuneKind[] = [];
  for (let fromMs = FIRST_MS; fromMs + everyMs <= lastMs + 1; fromMs += everyMs) {
    if (queue.length === 0) queue = draws.shuffled(round);
    const kind = queue.pop();
    if (kind === undefined) break;
    const atMs = fromMs + everyMs * draws.fraction();
    const node = Math.floor(draws.between(0, nodes));
    planned.push({ kind, atMs, node, forMs: Math.round(draws.between(...LASTS_MS[kind])) });
  }
  return planned;
}

const LASTS_MS: Readonly<Record<MisfortuneKind, [min: number, max: number]>> = {
  "node killed (SIGKILL)": [100, 4_000],
  "node paused past its lease (SIGSTOP)": [LEASE_MS + 1_000, LEASE_MS + 3_000],
  "node paused briefly (SIGSTOP)": [300, LEASE_MS - 1_000],
  "node cut off from the database past its lease": [LEASE_MS + 1_000, LEASE_MS + 4_000],
  "node restarted gracefully (SIGTERM)": [0, 500],
  "all nodes killed at once": [100, 1_500],
  "database connections cut": [0, 0],
  "database crashed and started again": [100, 2_500],
  "emulator unreachable": [500, 4_000],
  "emulator ended and started anew": [100, 2_000],
};

/** Whom misfortunes befall. */
export interface Cast {
  nodes: readonly GatewayNode[];
  postgres: PostgresServer;
  emulator: EmulatorLives;
}

/** Lets everything happen that was planned, at its time, and returns how often each kind did. Ends when all are up again. */
export async function befall(cast: Cast, planned: readonly Misfortune[]): Promise<Map<MisfortuneKind, number>> {
  const happened = new Map<MisfortuneKind, number>();
  const database = new TakesTurns();
  const begunAt = performance.now();
  const pending = planned.map(async (misfortune) => {
    await wait(Math.max(0, misfortune.atMs - (performance.now() - begunAt)));
    await bringAbout(misfortune, cast, database);
    happened.set(misfortune.kind, (happened.get(misfortune.kind) ?? 0) + 1);
  });
  await Promise.all(pending);
  return happened;
}

async function bringAbout({ kind, node, forMs }: Misfortune, cast: Cast, database: TakesTurns): Promise<void> {
  const { nodes, postgres, emulator } = cast;
  const victim = nodes[node];
  if (victim === undefined) throw new Error(`there is no node ${node}`);
  switch (kind) {
    case "node killed (SIGKILL)":
      return await victim.inTurn(() => killed(victim, forMs));
    case "node paused past its lease (SIGSTOP)":
    case "node paused briefly (SIGSTOP)":
      return await victim.inTurn(() => victim.pauseFor(forMs));
    case "node cut off from the database past its lease":
      return await victim.inTurn(() => victim.cutOffFor(forMs));
    case "node restarted gracefully (SIGTERM)":
      return await victim.inTurn(async () => {
        await victim.stop();
        await wait(forMs);
        await victim.start();
      });
    case "all nodes killed at once":
      await Promise.all(nodes.map((one) => one.inTurn(() => killed(one, forMs))));
      return;
    case "database connections cut":
      return await database.inTurn(() => postgres.cutConnections());
    case "database crashed and started again":
      return await database.inTurn(async () => {
        await postgres.crash();
        await wait(forMs);
        await postgres.start();
      });
    case "emulator unreachable":
      return await emulator.inTurn(() => emulator.goDownFor(forMs));
    case "emulator ended and started anew":
      return await emulator.inTurn(() => emulator.beginAnewAfter(forMs));
  }
}

async function killed(node: GatewayNode, forMs: number): Promise<void> {
  await node.kill();
  await wait(forMs);
  await node.start();
}
