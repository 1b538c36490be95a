import type { EngineSchema } from "../database/schema.ts";

/** A table that moves from one database to another. */
export interface MovedTable {
  name: keyof EngineSchema;
  /** By what its rows are ordered in an export: its primary key, the same in every database. */
  orderBy: string;
  /** How many rows are read at once. */
  batch: number;
}

/**
 * What moves, in an order in which each row comes after those it refers to. Secrets come last: a node that starts
 * meanwhile waits for the row that has its own. What is not here is about the moment: nodes that live, pauses, rates, jobs.
 */
export const MOVED_TABLES = [
  { name: "projects", orderBy: 'name COLLATE "C"', batch: 500 },
  { name: "api_keys", orderBy: 'id COLLATE "C"', batch: 500 },
  { name: "videos", orderBy: "id", batch: 500 },
  // Up to 27 MB a row.
  { name: "video_images", orderBy: "video_id", batch: 1 },
  { name: "video_events", orderBy: "video_id, version", batch: 1_000 },
  { name: "uploads", orderBy: 'id COLLATE "C"', batch: 500 },
  { name: "budgets", orderBy: 'id COLLATE "C"', batch: 500 },
  {
    name: "budget_spending",
    orderBy: 'project COLLATE "C", kind COLLATE "C", target COLLATE "C", period COLLATE "C", begins_at',
    batch: 500,
  },
  { name: "webhooks", orderBy: 'id COLLATE "C"', batch: 500 },
  { name: "webhook_deliveries", orderBy: "id", batch: 500 },
  { name: "webhook_attempts", orderBy: "delivery_id, number", batch: 500 },
  { name: "callback_secrets", orderBy: 'project COLLATE "C"', batch: 500 },
  { name: "ledger_readings", orderBy: 'name COLLATE "C"', batch: 100 },
  { name: "signing_keys", orderBy: 'id COLLATE "C"', batch: 100 },
  { name: "secrets", orderBy: 'name COLLATE "C"', batch: 100 },
] as const satisfies readonly MovedTable[];

export type MovedTableName = (typeof MOVED_TABLES)[number]["name"];

/** A number of rows for each table. */
export type RowCounts = Record<MovedTableName, number>;

/** Counts that begin with none. */
export function noRows(): RowCounts {
  return {
    projects: 0,
    api_keys: 0,
    videos: 0,
    video_images: 0,
    video_events: 0,
    uploads: 0,
    budgets: 0,
    budget_spending: 0,
    webhooks: 0,
    webhook_deliveries: 0,
    webhook_attempts: 0,
    callback_secrets: 0,
    ledger_readings: 0,
    signing_keys: 0,
    secrets: 0,
  };
}

/** All rows together. */
export function sumOf(rows: RowCounts): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0);
}
