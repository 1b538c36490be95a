import type { Connection } from "./connection.ts";
import { listUsageDocument } from "./generated/operations.ts";
import type { Usage, UsageGroup } from "./generated/schema.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";

/** Of which videos to add up what they came to. Times are ISO 8601. */
export interface ListUsageArgs {
  /** Only videos accepted at this time or later. */
  from: string;
  /** Only videos accepted before this time. At most 366 days after `from`. */
  to: string;
  /** What to tell apart. Default: nothing, which gives one sum. */
  groupBy?: readonly UsageGroup[] | undefined;
}

/** What the videos that you may see came to. */
export async function listUsage(
  connection: Connection,
  args: ListUsageArgs,
  options?: CallOptions,
): Promise<readonly Usage[]> {
  return (await repeatOperation(connection, listUsageDocument, args, options)).usage;
}
