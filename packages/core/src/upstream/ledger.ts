import { z } from "zod";
import { CREDITS_PER_USD } from "../generation.ts";
import { UpstreamError } from "./error.ts";
import { numeric } from "./wire.ts";

/** Money that moved because of a generation. One generation may have several: what they come to together is what it cost. */
export interface GenerationCharge {
  /** The entry's `reference_id`, which for video is the generation id (assumption A3). */
  generationId: string;
  /** In US dollars; negative where it was given back. */
  usd: number;
  /** When the upstream recorded it, by its own clock. */
  at: Date;
}

/** Entries of one page; the upstream allows no more. */
const PAGE_ENTRIES = 100;
/** How far the upstream's clock may be behind ours. */
const MAX_BEHIND_MS = 60 * 60_000;
/** Ends the paging of a ledger that says "more" for ever. Ten thousand pages are a million entries. */
const MAX_PAGES = 10_000;

/** What is written in capitals, and may come otherwise. */
const capitals = z.string().transform((text) => text.trim().toUpperCase());
const amount = numeric.nullish().catch(null);

const ledgerBody = z.object({
  data: z.array(z.unknown()),
  pagination: z
    .object({ has_more: z.boolean().nullish().catch(null), next_cursor: z.string().min(1).nullish().catch(null) })
    .nullish()
    .catch(null),
});

const ledgerEntry = z.object({
  created_at: z.string().transform((text) => new Date(text)),
  direction: capitals.pipe(z.enum(["TOPUP", "CHARGE"])),
  // A refund may be of a payment too. What it then refers to is the id of no generation.
  type: capitals.pipe(z.enum(["MODEL_USAGE", "REFUND"])),
  amount: z.object({ usd: amount, credits: amount }),
  reference_id: z.string().min(1),
});

/** One page: what it says of generations, and where the next one is. */
export interface LedgerPage {
  charges: readonly GenerationCharge[];
  /** `undefined`: it says that there is more, and not where. */
  nextCursor: string | null | undefined;
}

/** Reads a page leniently: an entry that makes no sense is left out. `undefined` when the answer is no page at all. */
export function toLedgerPage(body: unknown): LedgerPage | undefined {
  const parsed = ledgerBody.safeParse(body);
  if (!parsed.success) return undefined;
  const { data, pagination } = parsed.data;
  const cursor = pagination?.next_cursor ?? undefined;
  const hasMore = pagination?.has_more ?? cursor !== undefined;
  return { charges: data.map(toCharge).filter((charge) => charge !== null), nextCursor: hasMore ? cursor : null };
}

function toCharge(entry: unknown): GenerationCharge | null {
  const parsed = ledgerEntry.safeParse(entry);
  if (!parsed.success) return null;
  const { created_at: at, direction, amount, reference_id: generationId } = parsed.data;
  const usd = amount.usd ?? (amount.credits == null ? null : amount.credits / CREDITS_PER_USD);
  if (usd === null || Number.isNaN(at.getTime())) return null;
  // The amount is documented to be positive: `direction` carries the sign.
  return { generationId, usd: direction === "CHARGE" ? Math.abs(usd) : -Math.abs(usd), at };
}

/**
 * Pages through the ledger, newest first. The same entry on two pages counts once.
 *
 * @throws {UpstreamError} `BAD_ANSWER` when the ledger does not end, or says that there is more and not where
 */
export async function* pageThroughLedger(
  since: Date,
  readPage: (query: Record<string, string | number>) => Promise<LedgerPage>,
): AsyncGenerator<GenerationCharge, void, undefined> {
  const query = { from: new Date(since.getTime() - MAX_BEHIND_MS).toISOString(), limit: PAGE_ENTRIES };
  const seen = new Set<string>();
  const cursors = new Set<string>();
  for (let cursor: string | null = null; ; ) {
    const { charges, nextCursor }: LedgerPage = await readPage(cursor === null ? query : { ...query, cursor });
    for (const charge of charges) {
      // Entries have no id of their own.
      const entry = `${charge.generationId} ${charge.usd} ${charge.at.getTime()}`;
      if (!seen.has(entry)) yield charge;
      seen.add(entry);
    }
    if (nextCursor === null) return;
    if (nextCursor === undefined || cursors.has(nextCursor) || cursors.size === MAX_PAGES) throw endlessLedger();
    cursors.add(nextCursor);
    cursor = nextCursor;
  }
}

/** A ledger that was not read to its end may lack any charge. */
function endlessLedger(): UpstreamError {
  return new UpstreamError({
    code: "BAD_ANSWER",
    message: "The upstream's ledger has no end, or does not say where it goes on.",
    httpStatus: null,
    retryable: true,
    outcome: "not_accepted",
    retryAfterMs: null,
  });
}
