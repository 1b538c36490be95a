import type { Submission, UpstreamClient } from "@reelwire/core/upstream";
import { pause } from "./wake.ts";

/** Finds submissions whose answer was lost, in the upstream's request log. */
export interface SubmissionFinder {
  /**
   * The log row of a submission, or `null` while there is none.
   *
   * @param since when it was sent
   * @throws {UpstreamError} when the log could not be read to its end
   */
  find(clientRequestId: string, since: Date, signal: AbortSignal): Promise<Submission | null>;
}

/** A second's worth of questions shares one reading, and the log allows 200 pages a minute. */
const READ_EVERY_MS = 1_000;

interface Question {
  clientRequestId: string;
  since: Date;
  answer: PromiseWithResolvers<Submission | null>;
}

/**
 * Reads the log for all who ask at about the same time: after a crash that may be every video of the node, and one
 * reading each would soon be rate limited.
 *
 * @param closing ends the reading under way
 * @param readEveryMs least time between two readings, in milliseconds
 */
export function createSubmissionFinder(
  upstream: UpstreamClient,
  closing: AbortSignal,
  readEveryMs: number = READ_EVERY_MS,
): SubmissionFinder {
  let waiting: Question[] = [];
  let reading = false;
  let lastReadAt = Number.NEGATIVE_INFINITY;

  async function read(): Promise<void> {
    reading = true;
    while (waiting.length > 0) {
      const pauseMs = lastReadAt + readEveryMs - performance.now();
      if (pauseMs > 0) await pause(pauseMs, closing);
      const questions = waiting;
      waiting = [];
      lastReadAt = performance.now();
      const ids = new Set(questions.map((question) => question.clientRequestId));
      const since = new Date(Math.min(...questions.map((question) => question.since.getTime())));
      try {
        const found = await upstream.findSubmissions(ids, { since, signal: closing });
        for (const { clientRequestId, answer } of questions) answer.resolve(found.get(clientRequestId) ?? null);
      } catch (error) {
        for (const { answer } of questions) answer.reject(error);
      }
    }
    reading = false;
  }

  return {
    async find(clientRequestId, since, signal) {
      signal.throwIfAborted();
      const answer = Promise.withResolvers<Submission | null>();
      const abort = () => answer.reject(signal.reason);
      signal.addEventListener("abort", abort);
      waiting.push({ clientRequestId, since, answer });
      if (!reading) void read();
      // A listener that stayed would keep the signal, and what it belongs to, until the engine closes.
      return await answer.promise.finally(() => signal.removeEventListener("abort", abort));
    },
  };
}
