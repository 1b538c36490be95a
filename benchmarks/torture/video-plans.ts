import type { Draws } from "./draws.ts";
import { promptMarkers } from "./fault-mix.ts";
import type { TortureSettings } from "./settings.ts";

/** How somebody watches a video. */
export interface WatchPlan {
  /** By the client of `@reelwire/core`, or by the bare protocol. */
  by: "client" | "protocol";
  /** From the video's first version on, or as it is when the watching begins. */
  fromFirst: boolean;
  /** Which node first. */
  node: number;
  /** From the time its id is known, in milliseconds. */
  afterMs: number;
}

/** One try to have a video made, always with the same key. */
export interface AskPlan {
  node: number;
  /** From the video's beginning, or from the time its id is known, in milliseconds. */
  afterMs: number;
  /** The caller hangs up after so long, in milliseconds, whether the answer has come or not; `null`: it waits. */
  hangUpMs: number | null;
}

/** What is done about one video. Nodes are numbers, to be taken modulo those that answer clients. */
export interface VideoPlan {
  key: string;
  prompt: string;
  /** From the beginning of the torture, in milliseconds. */
  atMs: number;
  /** Sent all at about the same time, before its id is known. */
  asks: AskPlan[];
  /** Sent while it is under way. */
  asksAgain: AskPlan[];
  /** The same key with another prompt. */
  conflict: AskPlan | null;
  /** From the time its id is known, in milliseconds; `null`: it is not canceled. */
  cancelAfterMs: number | null;
  watches: WatchPlan[];
}

/** One of so many is without a marker: what it meets is the mix alone. */
const UNMARKED = 0.35;
const CANCELED = 0.08;
const CONFLICTS = 0.3;
const HANGS_UP = 0.35;

/** Draws everything that is done about videos. */
export function planVideos(draws: Draws, { videos, seconds }: TortureSettings): VideoPlan[] {
  // Every marker before any comes again, so that even a short torture has each.
  let markers: string[] = [];
  const nextMarker = () => {
    if (markers.length === 0) markers = draws.shuffled(promptMarkers());
    return markers.pop() ?? "";
  };
  const marked = promptMarkers().length;
  return Array.from({ length: videos }, (_, index): VideoPlan => {
    const unmarked = videos - index > marked && draws.happens(UNMARKED);
    return {
      key: `torture-${index}`,
      prompt: `Video ${index} ${unmarked ? "" : nextMarker()}`.trim(),
      // The last ones begin some seconds before the last misfortunes.
      atMs: Math.round(((index + draws.fraction()) / videos) * Math.max(0.8 * seconds, seconds - 10) * 1_000),
      asks: Array.from({ length: Math.round(draws.between(2, 4)) }, () => planAsk(draws, 300)),
      asksAgain: Array.from({ length: Math.round(draws.between(0, 3)) }, () => planAsk(draws, 8_000)),
      conflict: draws.happens(CONFLICTS) ? { ...planAsk(draws, 5_000), hangUpMs: null } : null,
      cancelAfterMs: draws.happens(CANCELED) ? Math.round(draws.between(0, 6_000)) : null,
      watches: [
        { by: "client", fromFirst: draws.happens(0.5), node: nodeOf(draws), afterMs: 0 },
        {
          by: "client",
          fromFirst: draws.happens(0.5),
          node: nodeOf(draws),
          afterMs: Math.round(draws.between(0, 3_000)),
        },
        { by: "protocol", fromFirst: true, node: nodeOf(draws), afterMs: 0 },
        { by: "protocol", fromFirst: false, node: nodeOf(draws), afterMs: Math.round(draws.between(0, 5_000)) },
      ],
    };
  });
}

function planAsk(draws: Draws, withinMs: number): AskPlan {
  return {
    node: nodeOf(draws),
    afterMs: Math.round(draws.between(0, withinMs)),
    hangUpMs: draws.happens(HANGS_UP) ? Math.round(draws.between(1, 60)) : null,
  };
}

function nodeOf(draws: Draws): number {
  return Math.floor(draws.between(0, 1_000));
}
