import { setTimeout as delay } from "node:timers/promises";
import type { KyInstance, Options } from "ky";
import { type CallKind, UpstreamError } from "./error.ts";
import { errorFromAnswer } from "./error-from-answer.ts";
import { errorFromBreak } from "./error-from-break.ts";

/** One call to the upstream. */
export interface Call<T> {
  kind: CallKind;
  path: string;
  options?: Options;
  signal: AbortSignal | undefined;
  /**
   * Makes sense of a 2xx answer: `body` is its JSON (its text, if it is none), or `undefined` when it was cut off.
   * Returns `undefined` when it cannot, which makes the call fail.
   */
  read(body: unknown, headers: Headers): T | undefined;
  /** What a 304 stands for; without it, a 304 is an error like every other redirect. */
  unchanged?: T | undefined;
}

/**
 * Sends once, with no retry and following no redirect, and reads the answer.
 *
 * @param secret cut out of what the upstream says of an error
 * @throws {UpstreamError} always of this class
 */
export async function callOnce<T>(http: KyInstance, secret: string, call: Call<T>): Promise<T> {
  const { kind, path, options, signal, read } = call;
  if (signal?.aborted) throw errorFromBreak({ kind, stage: "before", cause: signal.reason, signal });
  let answer: ReturnType<KyInstance>;
  let response: Response;
  try {
    answer = http(path, { ...options, ...(signal === undefined ? {} : { signal }) });
    response = await answer;
  } catch (cause) {
    throw errorFromBreak({ kind, stage: "under_way", cause, signal });
  }

  const { status: httpStatus, headers } = response;
  // Through ky's promise and not the response, so that the time allowed for the call covers the body too.
  const text = await answer.text().catch((cause: unknown) => ({ cause }));
  if (httpStatus === 304 && call.unchanged !== undefined) return call.unchanged;
  if (!response.ok) {
    throw errorFromAnswer(kind, httpStatus, headers, typeof text === "string" ? parse(text, secret) : undefined);
  }
  const value = read(typeof text === "string" ? parse(text) : undefined, headers);
  if (value !== undefined) return value;
  if (typeof text !== "string") {
    throw errorFromBreak({ kind, stage: "answered", httpStatus, cause: text.cause, signal });
  }
  throw new UpstreamError({
    code: "BAD_ANSWER",
    message: "The upstream's answer could not be read.",
    httpStatus,
    retryable: kind === "read",
    outcome: kind === "read" ? "not_accepted" : "accepted",
    retryAfterMs: null,
  });
}

/** The JSON of an answer, or its text when it is none; without the secret, if one is given. */
function parse(text: string, secret?: string): unknown {
  const clean = (value: unknown) => (typeof value === "string" ? withoutSecret(value, secret) : value);
  try {
    return JSON.parse(text, (_, value: unknown) => clean(value));
  } catch {
    return clean(text);
  }
}

/** A text without the key in it: an upstream may quote back what it was sent (invariant 10). */
export function withoutSecret(text: string, secret: string | undefined): string {
  return secret === undefined ? text : text.replaceAll(secret, "[key]");
}

/** How reads are tried again. */
export interface RetryPolicy {
  /** Tries after the first. */
  retries: number;
  /** Before the first retry, in milliseconds; doubled for each further one, less up to half for jitter. */
  delayMs: number;
  /** No try begins later than this after the first one did, in milliseconds. */
  budgetMs: number;
  /** Resolves after so many milliseconds; rejects when the signal aborts. */
  wait(ms: number, signal: AbortSignal | undefined): Promise<unknown>;
}

export const waitByTimer: RetryPolicy["wait"] = (ms, signal) =>
  delay(ms, undefined, signal === undefined ? {} : { signal });

/**
 * Repeats a read while its error is `retryable`. ky's own retry is not used: it drops `Retry-After` where a function
 * decides what is retried, does not repeat when the body is cut off, and sits out a budget that is too short to use.
 * A longer `Retry-After` than the budget is left to the caller, as `retryAfterMs` on the error.
 */
export async function retryRead<T>(policy: RetryPolicy, signal: AbortSignal | undefined, send: () => Promise<T>) {
  const end = performance.now() + policy.budgetMs;
  for (let retry = 0; ; retry++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof UpstreamError) || !error.retryable) throw error;
      if (signal?.aborted || retry >= policy.retries) throw error;
      const ownMs = policy.delayMs * 2 ** retry * (1 - Math.random() / 2);
      // Some jitter on top of what was asked for, since all that were turned away were told the same time.
      const waitMs = error.retryAfterMs === null ? ownMs : error.retryAfterMs + policy.delayMs * Math.random();
      if (performance.now() + waitMs > end) throw error;
      await policy.wait(waitMs, signal).catch((cause: unknown) => {
        throw errorFromBreak({ kind: "read", stage: "before", cause, signal });
      });
    }
  }
}

/** How often a read is sent again that is refused for its rate, and how long is waited each time, in milliseconds, give or take a half. */
const TURNS = 40;
const TURN_MS = 3_000;

/**
 * Repeats a read that is refused for its rate until it is let through, for about two minutes: for one of many pages, where to
 * give up would be to read those before it again, and so to be refused again.
 */
export async function awaitTurn<T>(
  { wait }: Pick<RetryPolicy, "wait">,
  signal: AbortSignal | undefined,
  send: () => Promise<T>,
): Promise<T> {
  for (let turn = 1; ; turn++) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.code !== "RATE_LIMITED" || turn === TURNS) throw error;
      await wait(Math.max(error.retryAfterMs ?? 0, TURN_MS * (0.5 + Math.random())), signal).catch((cause: unknown) => {
        throw errorFromBreak({ kind: "read", stage: "before", cause, signal });
      });
    }
  }
}
