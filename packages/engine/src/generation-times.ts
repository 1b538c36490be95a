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
import { type PastGeneration, pastGenerations } from "./past-generations.ts";

/** How long generations take, learned from those before, on whatever node. */
export interface GenerationTimes {
  /** When to poll one that is under way: by what is known now. */
  schedule(request: VideoRequest): PollSchedule;
  /**
   * What was known at a time. The same on every node and after every restart, so that whatever is told of a video by what
   * was known when it was submitted does not change its mind.
   */
  knownAt(request: VideoRequest, at: Date): Promise<GenerationTime>;
}

/** What is known changes at every full minute, for all nodes at the same. In milliseconds. */
const MINUTE_MS = 60_000;
/** What ended shortly before a full minute may not be there for every node to read, and counts from the next one on. */
const MARGIN_MS = 5_000;
/** Minutes that are kept: longer than a generation may take by default. */
const KEPT_MINUTES = 30;

/** How long after a reading that failed polls go by what was known before, in milliseconds. */
const RETRY_MS = 5_000;

/** What was known at one full minute, by kind of request. */
interface Knowledge {
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
  let askAgainAt = 0;

  function knowledgeAt(at: number): Promise<Knowledge> {
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const known = minutes.get(minute);
    if (known !== undefined) return known;
    const reading = pastGenerations(db, new Date(minute - MARGIN_MS)).then((past) => learn(past, prior));
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
      if (Date.now() >= askAgainAt) {
        void knowledgeAt(Date.now()).then(
          (knowledge) => {
            newest = knowledge;
          },
          (error: unknown) => {
            askAgainAt = Date.now() + RETRY_MS;
            log.warn({ err: error }, "past generations could not be read, polling by what was known");
          },
        );
      }
      return newest.scheduleOf(request);
    },
    async knownAt(request, at) {
      // One that has been running for so long is nearly finished by whatever was known, and not worth a reading of its own.
      const knowledge = at.getTime() < Date.now() - KEPT_MINUTES * MINUTE_MS ? newest : await knowledgeAt(at.getTime());
      return knowledge.timeOf(request);
    },
  };
}

/** @param past the newest submission last */
function learn(past: readonly PastGeneration[], prior: GenerationTime): Knowledge {
  let anyKind: GenerationTime | null = null;
  const times = new Map<string, GenerationTime>();
  const schedules = new Map<string, PollSchedule>();
  const samplesOf = (some: readonly PastGeneration[]) => some.map(({ sample }) => sample);

  function timeOf(request: VideoRequest): GenerationTime {
    const kind = requestKind(request);
    let time = times.get(kind);
    if (time === undefined) {
      anyKind ??= learnGenerationTime(samplesOf(past), prior);
      time = learnGenerationTime(samplesOf(past.filter((one) => requestKind(one.request) === kind)), anyKind);
      times.set(kind, time);
    }
    return time;
  }

  return {
    timeOf,
    scheduleOf(request) {
      const kind = requestKind(request);
      const schedule = schedules.get(kind) ?? createPollSchedule(timeOf(request));
      schedules.set(kind, schedule);
      return schedule;
    },
  };
}
