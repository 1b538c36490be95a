import type { Kysely } from "kysely";
import { expect } from "vitest";
import type { EngineDatabase } from "../../src/database/database.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { applyingBudgets, assertAffordable, hold } from "../../src/spending/hold.ts";
import { insertVideo } from "../../src/store.ts";
import type { StoredVideo } from "../../src/video-row.ts";
import type { Viewer } from "../../src/viewer.ts";
import { acceptedVideo } from "../stored-video.ts";

/** What is kept of a video's money. */
export interface Amounts {
  project: string;
  subject: string;
  key_id: string | null;
  created_at: Date;
  held_micros: number;
  spent_micros: number;
}

/** A counter, or a budget for whatever target a video has. */
export interface Counted {
  project: string;
  kind: string;
  target: string | null;
  period: string;
}

/** Whether a video counts for a target. */
export function fallsUnder(
  video: Pick<Amounts, "project" | "subject" | "key_id">,
  { project, kind, target }: Counted,
): boolean {
  if (video.project !== project) return false;
  if (kind === "PROJECT") return true;
  const whose = kind === "KEY" ? video.key_id : video.subject;
  return whose !== null && whose !== "" && (target === null || target === whose);
}

/** How the period that a time falls into is written: no two the same. */
export function periodName(period: string, at: Date): string {
  return at.toISOString().slice(0, period === "DAY" ? "2026-11-24".length : "2026-11".length);
}

/** What videos hold and have spent of a budget in the period of a time, in millionths of a dollar. */
export function usedOf(videos: readonly Amounts[], counted: Counted, at: Date): number {
  return videos
    .filter((video) => fallsUnder(video, counted))
    .filter(({ created_at }) => periodName(counted.period, created_at) === periodName(counted.period, at))
    .reduce((sum, { held_micros, spent_micros }) => sum + held_micros + spent_micros, 0);
}

/** Every video's money. */
export async function amounts(kysely: Kysely<EngineSchema>): Promise<Amounts[]> {
  return await kysely
    .selectFrom("videos")
    .select(["project", "subject", "key_id", "created_at", "held_micros", "spent_micros"])
    .execute();
}

/** Asserts that every counter is what its videos add up to. @returns how many there are */
export async function assertCounted(kysely: Kysely<EngineSchema>): Promise<number> {
  // As of one moment: some may be changing.
  const { videos, counters } = await kysely
    .transaction()
    .setIsolationLevel("repeatable read")
    .execute(async (transaction) => ({
      videos: await amounts(transaction),
      counters: await transaction.selectFrom("budget_spending").selectAll().execute(),
    }));
  for (const counter of counters) {
    const target = counter.kind === "PROJECT" ? null : counter.target;
    expect(counter).toMatchObject({ used_micros: usedOf(videos, { ...counter, target }, counter.begins_at) });
  }
  return counters.length;
}

/** Accepts a video at a price, as `createVideo` does, without a job. */
export async function accept(
  db: EngineDatabase<EngineSchema>,
  viewer: Viewer,
  estimatedUsd: number | null,
  given: Partial<StoredVideo> = {},
): Promise<StoredVideo> {
  const video = { ...acceptedVideo(viewer), estimatedUsd, ...given };
  await db.transaction(({ kysely }) => acceptWithin(kysely, viewer, video));
  return video;
}

/** The same within a transaction. */
export async function acceptWithin(kysely: Kysely<EngineSchema>, viewer: Viewer, video: StoredVideo): Promise<void> {
  const budgets = await applyingBudgets(kysely, viewer, video);
  assertAffordable(budgets, viewer, video);
  if (!(await insertVideo(kysely, video, null, 0))) throw new Error("not inserted");
  await hold(kysely, budgets, viewer, video);
}
