import { z } from "zod";
import { ApiError } from "./api-error.ts";
import type { LedgerEntry } from "./ledger.ts";
import { momentWithOffset, wholeNumber } from "./moments.ts";
import { toUsd } from "./price.ts";
import type { Upstream } from "./upstream.ts";
import { parseOrRefuse } from "./validation.ts";

const querySchema = z.object({
  from: momentWithOffset.optional(),
  to: momentWithOffset.optional(),
  direction: z.enum(["TOPUP", "CHARGE"]).optional(),
  type: z.enum(["PAYMENT", "BONUS", "REFUND", "ADJUSTMENT", "MODEL_USAGE", "CREDITS_EXPIRED", "INIT"]).optional(),
  limit: wholeNumber(1, 100).default(50),
  cursor: z.string().optional(),
});

/** `GET /v2/billing/transactions`: newest first. Throws 400. */
export function transactionsPage({ ledger }: Upstream, query: unknown) {
  const { from, to, direction, type, limit, cursor } = parseOrRefuse(querySchema, query);
  if (from !== undefined && to !== undefined && to <= from) {
    throw new ApiError(400, "Invalid query. Expected to later than from, received an earlier one");
  }
  const before = cursor === undefined ? Number.POSITIVE_INFINITY : readCursor(cursor);
  const found = ledger.entries
    .filter(
      (entry) =>
        entry.sequence < before &&
        (from === undefined || entry.at >= from) &&
        (to === undefined || entry.at < to) &&
        (direction === undefined || entry.direction === direction) &&
        (type === undefined || entry.type === type),
    )
    .reverse();
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const hasMore = found.length > page.length;
  return {
    data: page.map(present),
    pagination: { next_cursor: hasMore && last ? writeCursor(last) : null, has_more: hasMore },
  };
}

function present(entry: LedgerEntry) {
  const { at, direction, type, credits, model, referenceId } = entry;
  return {
    created_at: new Date(at).toISOString(),
    direction,
    type,
    amount: { usd: toUsd(credits), credits },
    model,
    reference_id: referenceId,
  };
}

function writeCursor({ sequence, at }: Pick<LedgerEntry, "sequence" | "at">): string {
  return Buffer.from(JSON.stringify({ v: 1, c: new Date(at).toISOString(), s: sequence })).toString("base64url");
}

const cursorSchema = z.strictObject({ v: z.literal(1), c: z.iso.datetime(), s: z.int().nonnegative() });

/** Only in the exact form it was written. */
function readCursor(cursor: string): number {
  try {
    const { c, s } = cursorSchema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    if (writeCursor({ sequence: s, at: Date.parse(c) }) === cursor) return s;
  } catch {
    // Told below, like every other cursor that is not one of ours.
  }
  throw new ApiError(400, "Invalid query. cursor: Expected a next_cursor of an earlier page, received another value");
}
