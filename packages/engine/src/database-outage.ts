import { ApiError } from "@reelwire/core";
import pRetry from "p-retry";
import { DatabaseError } from "./database/database-error.ts";

/** How long a caller waits for a database that is away, in milliseconds: longer than a restart, shorter than their patience. */
const PATIENCE_MS = 10_000;

/**
 * Does something that may be done again, and does it again while the database cannot be reached: a connection that is cut,
 * or a server that restarts, is not the caller's concern.
 *
 * @param signal aborts when the engine closes
 * @throws {ApiError} `UNAVAILABLE` when it stays away for 10 s, or the engine closes
 */
export async function throughOutage<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  try {
    return await again(work, signal, PATIENCE_MS);
  } catch (error) {
    if (isOutage(error)) throw new ApiError("UNAVAILABLE", undefined, [], { cause: error });
    if (signal.aborted && error === signal.reason) throw new ApiError("UNAVAILABLE");
    throw error;
  }
}

/** The same for as long as it takes. @throws the signal's reason when that aborts */
export function throughAnyOutage<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  return again(work, signal, Number.POSITIVE_INFINITY);
}

function again<Result>(work: () => Promise<Result>, signal: AbortSignal, maxRetryTime: number): Promise<Result> {
  return pRetry(work, {
    retries: Number.POSITIVE_INFINITY,
    maxRetryTime,
    minTimeout: 50,
    maxTimeout: 1_000,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => isOutage(error),
  });
}

function isOutage(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "DATABASE_UNREACHABLE";
}
