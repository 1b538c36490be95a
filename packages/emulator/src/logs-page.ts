import { z } from "zod";
import { ApiError } from "./api-error.ts";
import type { Call } from "./call.ts";
import { momentInUtc, repeated, wholeNumber } from "./moments.ts";
import { presentRow } from "./request-log.ts";
import type { Upstream } from "./upstream.ts";
import { parseOrRefuse } from "./validation.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const longestWindowMs = 92 * dayMs;
const minuteMs = 60_000;

const querySchema = z.object({
  period: z
    .string()
    .regex(/^[1-9]\d*[hd]$/, "Expected a positive integer followed by h or d")
    .optional(),
  start: momentInUtc.optional(),
  end: momentInUtc.optional(),
  key_prefix: z.string().min(1, "Expected a non-empty string").optional(),
  model: repeated(z.string(), 50),
  status: repeated(z.enum(["succeeded", "failed"]), 2),
  limit: wholeNumber(1, 100).default(50),
  offset: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0),
});

/** `GET /v2/logs`. Throws 400, 403 or 429. */
export function logsPage(upstream: Upstream, call: Call, query: unknown) {
  countCall(upstream);
  const wanted = parseOrRefuse(querySchema, query);
  const now = upstream.clock.now();
  const key = call.key ?? "";
  if (wanted.key_prefix !== undefined && !key.startsWith(wanted.key_prefix)) {
    throw new ApiError(403, "Listing the requests of a different key requires a management key.");
  }
  const rows = upstream.log.find({ key, ...windowOf(wanted, now), models: wanted.model, statuses: wanted.status }, now);
  const { limit, offset } = wanted;
  return {
    data: rows.slice(offset, offset + limit).map((row) => presentRow(row, upstream.ledger.chargeOf(row.inferenceId))),
    pagination: { limit, offset, total: rows.length, has_more: offset + limit < rows.length },
  };
}

function countCall({ clock, logCalls, logCallsPerMinute }: Upstream): void {
  const now = clock.now();
  while (logCalls[0] !== undefined && logCalls[0] <= now - minuteMs) logCalls.shift();
  if (logCalls.length >= logCallsPerMinute) throw new ApiError(429, "Too many requests. Please slow down.");
  logCalls.push(now);
}

function windowOf(query: z.output<typeof querySchema>, now: number): { from: number; to: number } {
  const { period, start, end } = query;
  if (period !== undefined && (start !== undefined || end !== undefined)) {
    throw new ApiError(400, "Invalid query. Expected either period or both start and end, received both");
  }
  if (start === undefined && end === undefined) return { from: now - periodMs(period ?? "24h"), to: now };
  if (start === undefined || end === undefined) {
    throw new ApiError(400, "Invalid query. Expected both start and end, received only one");
  }
  if (end < start)
    throw new ApiError(400, "Invalid query. Expected end not earlier than start, received an earlier one");
  if (end - start > longestWindowMs) throw new ApiError(400, "Invalid query. Expected at most 92 days, received more");
  return { from: start, to: end };
}

function periodMs(period: string): number {
  const ms = Number.parseInt(period, 10) * (period.endsWith("d") ? dayMs : hourMs);
  if (ms > longestWindowMs) throw new ApiError(400, `Invalid query. Expected at most 92 days, received '${period}'`);
  return ms;
}
