import { ApiError } from "@reelwire/core";
import type { Caller } from "@reelwire/engine";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";

/** How many requests one key, or one subject, may send to this node in a minute; `null`: no limit. */
export interface RequestLimits {
  keyRequestsPerMinute: number | null;
  subjectRequestsPerMinute: number | null;
}

/** Counts requests: HTTP requests to `/graphql`, `/graphql/stream` and `/uploads`, and operations on websockets but for renewals of their access. */
export interface RequestRates {
  /** Counts one. @throws {ApiError} `RATE_LIMITED`, saying when to come again */
  admit(caller: Caller): Promise<void>;
}

/** Counts in this process's memory: with several nodes, each allows as many. */
export function createRequestRates({ keyRequestsPerMinute, subjectRequestsPerMinute }: RequestLimits): RequestRates {
  const countSubject = counter(subjectRequestsPerMinute, "subject");
  const countKey = counter(keyRequestsPerMinute, "API key");
  return {
    async admit({ viewer: { project, subject, keyId } }) {
      // The subject first: one that asks too much must not use up what the others of its key have.
      if (subject !== null) await countSubject(JSON.stringify([project, subject]));
      if (keyId !== null) await countKey(keyId);
    },
  };
}

function counter(perMinute: number | null, whose: string): (who: string) => Promise<void> {
  if (perMinute === null) return async () => {};
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return async (who) => {
    try {
      await limiter.consume(who);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      const message = `At most ${perMinute} requests a minute for one ${whose}. Try again in ${retryAfterSeconds} s.`;
      throw new ApiError("RATE_LIMITED", message, [], { details: { retryAfterSeconds } });
    }
  };
}
