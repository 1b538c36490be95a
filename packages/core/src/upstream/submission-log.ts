import { z } from "zod";
import { UpstreamError } from "./error.ts";
import { numeric } from "./wire.ts";

/** A submission as the upstream's request log has it. */
export interface Submission {
  /** The row's `inference_id`, which for video is the generation id (assumption A3). */
  generationId: string;
  /** `failed`: it was not accepted and nothing is charged (assumption A5). */
  status: "succeeded" | "failed";
}

/** Rows of one page; the upstream allows no more. */
export const LOG_PAGE_ROWS = 100;
/** How far the upstream's clock may be behind ours. More would mean more rows to read in vain. */
const MAX_BEHIND_MS = 60 * 60_000;
/** How far it may be ahead. This costs nothing: there are no rows from the future. */
const MAX_AHEAD_MS = 24 * 3_600_000;
/** The upstream refuses windows of more than 92 days. */
const MAX_WINDOW_MS = 91 * 24 * 3_600_000;
/** Ends the paging of a log that says "more" for ever; at 200 calls a minute this takes 5 minutes. */
const MAX_PAGES = 1_000;

const logBody = z.object({
  data: z.array(z.unknown()),
  pagination: z
    .object({ has_more: z.boolean().nullish().catch(null), total: numeric.nullish().catch(null) })
    .nullish()
    .catch(null),
});

const logRow = z.object({
  status: z
    .string()
    .transform((status) => status.trim().toLowerCase())
    .pipe(z.enum(["succeeded", "failed"])),
  inference_id: z.string().min(1),
  client_request_id: z.string(),
});

/** One page: the rows that can be matched, how many there were in all, and whether another page follows. */
export interface LogPage {
  rows: readonly z.output<typeof logRow>[];
  rowCount: number;
  hasMore: boolean;
}

/** Reads a page leniently: a row that makes no sense is left out. `undefined` when the answer is no page at all. */
export function toLogPage(body: unknown, offset: number): LogPage | undefined {
  const parsed = logBody.safeParse(body);
  if (!parsed.success) return undefined;
  const { data, pagination } = parsed.data;
  const next = offset + data.length;
  const hasMore = pagination?.has_more ?? (pagination?.total == null ? data.length > 0 : next < pagination.total);
  const rows = data.map((row) => logRow.safeParse(row).data).filter((row) => row !== undefined);
  return { rows, rowCount: data.length, hasMore: hasMore && data.length > 0 };
}

/** Which part of the log to look at for something sent at `since`, as query parameters. */
export function logWindow(since: Date, now: Date): { start: string; end: string } {
  const end = Math.max(since.getTime(), now.getTime()) + MAX_AHEAD_MS;
  const start = Math.max(since.getTime() - MAX_BEHIND_MS, end - MAX_WINDOW_MS);
  return { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
}

/**
 * Looks for many submissions in one paging through the log, newest first. It ends early only when all have succeeded:
 * a failed row may have an older, succeeded one behind it, and to miss that would be to pay twice. Rows that come in
 * meanwhile push older ones to later pages, so none is skipped.
 *
 * @throws {UpstreamError} `BAD_ANSWER` when the log does not end
 */
export async function pageThroughLog(
  clientRequestIds: ReadonlySet<string>,
  readPage: (offset: number) => Promise<LogPage>,
): Promise<Map<string, Submission>> {
  const found = new Map<string, Submission>();
  let succeeded = 0;
  let offset = 0;
  for (let page = 0; succeeded < clientRequestIds.size; page++) {
    if (page >= MAX_PAGES) throw endlessLog();
    const { rows, rowCount, hasMore } = await readPage(offset);
    for (const { client_request_id: id, inference_id: generationId, status } of rows) {
      if (!clientRequestIds.has(id) || found.get(id)?.status === "succeeded") continue;
      found.set(id, { generationId, status });
      if (status === "succeeded") succeeded++;
    }
    if (!hasMore) break;
    offset += rowCount;
  }
  return found;
}

/** A log that was not read to its end is no evidence of anything. */
function endlessLog(): UpstreamError {
  return new UpstreamError({
    code: "BAD_ANSWER",
    message: `The upstream's request log did not end after ${MAX_PAGES} pages.`,
    httpStatus: null,
    retryable: true,
    outcome: "not_accepted",
    retryAfterMs: null,
  });
}
