import type { Kysely } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import type { Viewer } from "../viewer.ts";

/**
 * Holds what a new video will cost against every budget that it falls under, within the transaction that accepts it and as the last
 * thing in it: others wait for the rows it locks.
 *
 * @throws {ApiError} `BUDGET_EXCEEDED`; `PRICE_UNKNOWN` where there is a budget and no price
 */
export async function hold(
  _transaction: Kysely<EngineSchema>,
  _viewer: Viewer,
  _video: { createdAt: Date; estimatedUsd: number | null },
): Promise<void> {}
