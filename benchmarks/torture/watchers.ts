import type { VideoStatus } from "../../packages/core/src/client/index.ts";
import type { GatewayNode } from "./node-process.ts";
import type { WatchPlan } from "./video-plans.ts";
import { watchByClient } from "./watch-by-client.ts";
import { watchByProtocol } from "./watch-by-protocol.ts";

/** One message about a video. */
export interface Told {
  version: number;
  status: VideoStatus;
  lastCheckedAt: string | null;
}

/** What came over one subscription, without a break. */
export interface Stretch {
  /** What it was asked to go on from; `null`: from the video as it is. */
  afterVersion: number | null;
  told: Told[];
}

/** What one subscriber was told. */
export interface Watching {
  videoId: string;
  by: WatchPlan["by"];
  /** For `client`, which hides its reconnects, always one. */
  stretches: Stretch[];
  /** Whether it ended by itself, after the final version. */
  ended: boolean;
  /** Why it ended otherwise; `null` where it did not. */
  failure: string | null;
}

/** Watches a video through one node after another. `done` never rejects but for the signal. */
export function watchAsPlanned(
  nodes: readonly GatewayNode[],
  videoId: string,
  { by, fromFirst, node }: WatchPlan,
  signal: AbortSignal,
): { watching: Watching; done: Promise<void> } {
  const watching: Watching = { videoId, by, stretches: [], ended: false, failure: null };
  const afterVersion = fromFirst ? 0 : null;
  const urlOf = (index: number) => `${nodes[index % nodes.length]?.url}/graphql`;
  const watch = by === "client" ? watchByClient : watchByProtocol;
  return { watching, done: watch({ watching, afterVersion, urlOf, firstNode: node, signal }) };
}

/** What watching needs. */
export interface WatchTask {
  watching: Watching;
  afterVersion: number | null;
  urlOf: (node: number) => string;
  firstNode: number;
  signal: AbortSignal;
}
