import {
  createPollSchedule,
  type GenerationTime,
  learnGenerationTime,
  type PollSchedule,
  priorGenerationTime,
  requestKind,
  type VideoRequest,
} from "@reelwire/core";
import type { Kysely } from "kysely";
import type { EngineSchema } from "./database/schema.ts";
import type { Logger } from "./logger.ts";
import { completedBefore, type EndedGeneration } from "./store.ts";

/** How long generations take, learned from those that ended, on whatever node. */
export interface GenerationTimes {
  /** When to poll one that is under way: by what is known now. */
  schedule(request: VideoRequest): PollSchedule;
  /**
   * What was known at a time. The same on every node and after every restart, so that whatever is told of a video by what
   * was known when it was submitted does not change its mind.
   */
  knownAt(request: VideoRequest, at: Date): Promise<GenerationTime>;
}

/** How many of the newest are learned from: enough for each kind, few enough to read every minute. */
const LEARNED_FROM = 1_000;
/** What is known changes at every full minute, for all nodes at the same. In milliseconds. */
const MINUTE_MS = 60_000;
/** What ended shortly before a full minute may not be there for every node to read, and counts from the next one on. */
const MARGIN_MS = 5_000;
/** Minutes that are kept: longer than a generation may take by default. */
const KEPT_MINUTES = 30;

/** What was known at one full minute, by kind of request. */
interface Knowledge {
  /** When the newest of those that it was learned from ended. */
  newest: number;
  timeOf(request: VideoRequest): GenerationTime;
  scheduleOf(request: VideoRequest): PollSchedule;
}

/** @param typicalMs what a generation takes as long as nothing was learned, in milliseconds */
export function createGenerationTimes(
  db: Kysely<EngineSchema>,
  log: Logger,
  typicalMs: number | undefined,
): GenerationTimes {
  const prior = priorGenerationTime(typicalMs);
  const minutes = new Map<number, Promise<Knowledge>>();
  let newest = learn([], prior);

  async function read(minute: number): Promise<Knowledge> {
    const ended = await completedBefore(db, new Date(minute - MARGIN_MS), LEARNED_FROM);
    // Nothing has ended since: what was made of it is still good.
    if ((ended[0]?.finishedAt.getTime() ?? 0) === newest.newest) return newest;
    return learn(ended, prior);
  }

  function knowledgeAt(at: number): Promise<Knowledge> {
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const known = minutes.get(minute);
    if (known !== undefined) return known;
    const reading = read(minute);
    minutes.set(minute, reading);
    for (const kept of minutes.keys()) {
      if (minutes.size <= KEPT_MINUTES) break;
      if (kept !== minute) minutes.delete(kept);
    }
    // Another time perhaps; whoever asked is told.
    reading.catch(() => minutes.delete(minute));
    return reading;
  }

  return {
    schedule(request) {
      void knowledgeAt(Date.now()).then(
        (knowledge) => {
          newest = knowledge;
        },
        (error: unknown) => log.warn({ err: error }, "past generations could not be read, polling by what was known"),
      );
      return newest.scheduleOf(request);
    },
    knownAt: async (request, at) => (await knowledgeAt(at.getTime())).timeOf(request),
  };
}

/** @param ended the newest first */
function learn(ended: readonly EndedGeneration[], prior: GenerationTime): Knowledge {
  const oldestFirst = ended.toReversed();
  let anyKind: GenerationTime | null = null;
  const times = new Map<string, GenerationTime>();
  const schedules = new Map<string, PollSchedule>();

  function timeOf(request: VideoRequest): GenerationTime {
    const kind = requestKind(request);
    let time = times.get(kind);
    if (time === undefined) {
      anyKind ??= learnGenerationTime(
        oldestFirst.map(({ sample }) => sample),
        prior,
      );
      const own = oldestFirst.filter((one) => requestKind(one.request) === kind);
      time = learnGenerationTime(
        own.map(({ sample }) => sample),
        anyKind,
      );
      times.set(kind, time);
    }
    return time;
  }

  return {
    newest: ended[0]?.finishedAt.getTime() ?? 0,
    timeOf,
    scheduleOf(request) {
      const kind = requestKind(request);
      const schedule = schedules.get(kind) ?? createPollSchedule(timeOf(request));
      schedules.set(kind, schedule);
      return schedule;
    },
  };
}
