import type { Generation } from "../src/generation.ts";
import type { VideoError, VideoRequest, VideoState, VideoStatus } from "../src/video.ts";
import type { VideoEvent } from "../src/video-state.ts";

export const THEN = new Date("2026-11-22T09:00:00Z");
export const NOW = new Date("2026-11-22T09:00:30Z");

export const REQUEST: VideoRequest = {
  model: "google/veo-3.1-lite-generate-001",
  prompt: "A paper boat",
  imageUrl: null,
  lastImageUrl: null,
  aspectRatio: null,
  resolution: "P720",
  durationSeconds: 8,
  generateAudio: true,
  personGeneration: "ALLOW_ADULT",
};

export const ERROR: VideoError = {
  code: "UPSTREAM_INPUT_REJECTED",
  message: "Refused.",
  retryable: false,
  billed: false,
};

/** A video as it is just after `createVideo`. */
export const NEW_VIDEO: VideoState = {
  status: "ACCEPTED",
  version: 1,
  attempt: 0,
  waitingReason: null,
  generationId: null,
  sourceUrl: null,
  error: null,
  creditsUsed: null,
  chargedUsd: null,
  submittedAt: null,
  lastCheckedAt: null,
  lastPendingAt: null,
  finishedAt: null,
  updatedAt: THEN,
};

const sent = { attempt: 1, submittedAt: THEN };
const underWay = { ...sent, generationId: "generation-1", lastCheckedAt: THEN };

/** A video in each status, as it may come to be. */
export const VIDEOS: Record<VideoStatus, VideoState> = {
  ACCEPTED: { ...NEW_VIDEO, waitingReason: "RATE_LIMITED", attempt: 1, submittedAt: THEN, version: 3 },
  SUBMITTING: { ...NEW_VIDEO, ...sent, status: "SUBMITTING", version: 2 },
  UNCONFIRMED: { ...NEW_VIDEO, ...sent, status: "UNCONFIRMED", version: 3 },
  QUEUED: { ...NEW_VIDEO, ...underWay, status: "QUEUED", version: 3 },
  GENERATING: { ...NEW_VIDEO, ...underWay, status: "GENERATING", version: 4 },
  COMPLETED: {
    ...NEW_VIDEO,
    ...underWay,
    status: "COMPLETED",
    version: 5,
    sourceUrl: "https://cdn.example.com/a.mp4",
    lastPendingAt: THEN,
    finishedAt: THEN,
  },
  FAILED: { ...NEW_VIDEO, ...underWay, status: "FAILED", version: 5, error: ERROR, finishedAt: THEN },
  CANCELED: { ...NEW_VIDEO, status: "CANCELED", version: 2, finishedAt: THEN },
};

/** Everything that an answer about a generation can amount to. */
export const ANSWERS = {
  queued: { status: "queued", url: null, error: null },
  generating: { status: "generating", url: null, error: null },
  completed: { status: "completed", url: "https://cdn.example.com/b.mp4", error: null },
  completedWithoutAddress: { status: "completed", url: null, error: null },
  error: { status: "error", url: null, error: { name: "policy", message: "No." } },
  errorWithoutReason: { status: "error", url: null, error: null },
  unknown: { status: "unknown", url: null, error: null },
} as const satisfies Record<string, Omit<Generation, "id" | "usage">>;
export type AnswerName = keyof typeof ANSWERS;

export function generation(answer: AnswerName, usage: Generation["usage"] = null): Generation {
  return { id: "generation-1", usage, ...ANSWERS[answer] };
}

/** One event of each type; those with an answer say `generating`. */
export const EVENTS: { [Type in VideoEvent["type"]]: Extract<VideoEvent, { type: Type }> } = {
  submit_started: { type: "submit_started" },
  submit_accepted: { type: "submit_accepted", generation: generation("generating") },
  submit_refused: { type: "submit_refused", error: ERROR },
  submit_delayed: { type: "submit_delayed", waitingReason: "CAPACITY_LIMITED" },
  submit_postponed: { type: "submit_postponed", waitingReason: "RATE_LIMITED" },
  submit_outcome_lost: { type: "submit_outcome_lost" },
  submit_abandoned: { type: "submit_abandoned", error: ERROR },
  settled_accepted: { type: "settled_accepted", generationId: "generation-1" },
  settled_not_accepted: { type: "settled_not_accepted", waitingReason: "UPSTREAM_ERROR" },
  settle_abandoned: { type: "settle_abandoned", error: ERROR },
  polled: { type: "polled", generation: generation("generating") },
  generation_abandoned: { type: "generation_abandoned", error: ERROR },
  canceled: { type: "canceled" },
};
