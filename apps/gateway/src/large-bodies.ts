import { ApiError } from "@reelwire/core";
import type { FastifyInstance, FastifyReply } from "fastify";
import pLimit from "p-limit";

/** From here on a body counts as large, in bytes: it holds an image. */
const LARGE_BYTES = 1024 * 1024;
/** Large bodies read, checked and saved at a time. Each takes some 200 MB and holds up everything else for a moment. */
const AT_A_TIME = 2;
/** How many more may wait; their bodies are not read meanwhile. */
const MAX_WAITING = 50;
/** When to come again, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Lets requests with large bodies in a few at a time, so that uploads of images take neither all memory nor everybody
 * else's time. Beyond those that may wait the answer is `UNAVAILABLE`, with `Retry-After`.
 */
export function registerLargeBodies(app: FastifyInstance): void {
  const limit = pLimit(AT_A_TIME);
  app.addHook("onRequest", async (request, reply) => {
    if (!isLarge(request.headers)) return;
    if (limit.pendingCount >= MAX_WAITING) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      throw new ApiError("UNAVAILABLE");
    }
    await turn(limit, reply);
  });
}

/** Resolves when it is this request's turn, which lasts until it is answered or its connection is gone. */
function turn(limit: ReturnType<typeof pLimit>, reply: FastifyReply): Promise<void> {
  return new Promise((resolve) => {
    void limit(async () => {
      if (reply.raw.destroyed) return resolve();
      const over = new Promise((end) => reply.raw.once("close", end));
      resolve();
      await over;
    });
  });
}

/** A body without a length may be large. */
function isLarge(headers: {
  "content-length"?: string | undefined;
  "transfer-encoding"?: string | undefined;
}): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > LARGE_BYTES;
}
