import { createReelwireClient } from "../../packages/core/src/client/index.ts";
import type { Stretch, WatchTask } from "./watchers.ts";

/** Watches with the client that applications use: it reconnects to the same node, and goes on where it was. */
export async function watchByClient({ watching, afterVersion, urlOf, firstNode, signal }: WatchTask): Promise<void> {
  const client = createReelwireClient({
    url: urlOf(firstNode),
    // Over polling, versions that come and go between two answers are not told.
    transports: ["websocket", "sse"],
    timeoutMs: 5_000,
    retryDelayMs: 200,
    maxRetryDelayMs: 1_500,
    keepAliveMs: 4_000,
  });
  const stretch: Stretch = { afterVersion, told: [] };
  watching.stretches.push(stretch);
  try {
    for await (const { version, status, lastCheckedAt } of client.watchVideo(watching.videoId, {
      afterVersion,
      signal,
    })) {
      stretch.told.push({ version, status, lastCheckedAt: lastCheckedAt ?? null });
    }
    watching.ended = true;
  } catch (error) {
    signal.throwIfAborted();
    watching.failure = String(error);
  } finally {
    client.close();
  }
}
