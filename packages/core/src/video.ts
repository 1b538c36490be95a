/** What a video's picture can be shaped like. The upstream chooses when a request leaves it out. */
export const ASPECT_RATIOS = ["LANDSCAPE_16_9", "PORTRAIT_9_16"] as const;
export type AspectRatio = (typeof ASPECT_RATIOS)[number];

/** The short side of the picture, in pixels. */
export const RESOLUTIONS = ["P720", "P1080"] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** Lengths that can be asked for, in seconds. */
export const DURATIONS_SECONDS = [4, 6, 8] as const;
export type DurationSeconds = (typeof DURATIONS_SECONDS)[number];

/** Whether people may appear. */
export const PERSON_GENERATIONS = ["DONT_ALLOW", "ALLOW_ADULT"] as const;
export type PersonGeneration = (typeof PERSON_GENERATIONS)[number];

/**
 * Where a video is on its way. `ACCEPTED`: saved, nothing sent upstream. `SUBMITTING`: the POST may be under way.
 * `UNCONFIRMED`: its answer was lost and is being settled. `QUEUED`, `GENERATING`: as the upstream says.
 * `COMPLETED`, `FAILED`, `CANCELED`: final.
 */
export const VIDEO_STATUSES = [
  "ACCEPTED",
  "SUBMITTING",
  "UNCONFIRMED",
  "QUEUED",
  "GENERATING",
  "COMPLETED",
  "FAILED",
  "CANCELED",
] as const;
export type VideoStatus = (typeof VIDEO_STATUSES)[number];

export const FINAL_STATUSES = ["COMPLETED", "FAILED", "CANCELED"] as const satisfies readonly VideoStatus[];
export type FinalStatus = (typeof FINAL_STATUSES)[number];

/** Whether a status is final: no event leads out of it, and no version follows it. */
export function isFinal(status: VideoStatus): status is FinalStatus {
  return (FINAL_STATUSES as readonly VideoStatus[]).includes(status);
}

/**
 * Why a video is still `ACCEPTED`. `RATE_LIMITED`: the upstream said 429. `CAPACITY_LIMITED`: the gateway's own limits
 * are used up. `UPSTREAM_UNREACHABLE`: no connection. `UPSTREAM_ERROR`: it failed, and is known not to have accepted the
 * request.
 */
export const WAITING_REASONS = ["RATE_LIMITED", "CAPACITY_LIMITED", "UPSTREAM_UNREACHABLE", "UPSTREAM_ERROR"] as const;
export type WaitingReason = (typeof WAITING_REASONS)[number];

/** Why a `FAILED` video failed; each is described in `VIDEO_ERROR_CODES`. */
export interface VideoError {
  code: VideoErrorCode;
  /** For people. Programs look at `code`. */
  message: string;
  /** Whether the same request, sent as a new video, may succeed. */
  retryable: boolean;
  /** Whether the upstream charges for it; `null` where that cannot be known. */
  billed: boolean | null;
}

/** The stable codes of `Video.error.code`, each with its meaning. */
export const VIDEO_ERROR_CODES = {
  IMAGE_UNAVAILABLE:
    "An uploaded image could not be had any more when the request was to be sent upstream. Upload it again. Nothing was charged.",
  GENERATION_FAILED: "The upstream accepted the request and reported an error instead of a video. It is not charged.",
  GENERATION_TIMEOUT: "The upstream still had not finished at the deadline. It may yet finish, and charge.",
  GENERATION_NOT_FOUND: "The upstream accepted the request and later no longer knew it.",
  RESULT_MISSING: "The upstream said it was completed and gave no address for the file.",
  SUBMISSION_UNCONFIRMED:
    "The answer to the submission was lost and the upstream's request log never showed it. It was not sent again, since that might have been paid twice.",
  UPSTREAM_INPUT_REJECTED: "The upstream refused the request as invalid. Change the input.",
  UPSTREAM_KEY_REJECTED: "The upstream refused the gateway's key. Whoever runs the gateway must set a valid key.",
  UPSTREAM_FORBIDDEN:
    "The upstream refused for lack of credits or permission. Whoever runs the gateway must top up or ask for access.",
  UPSTREAM_UNAVAILABLE: "The upstream could not be reached, or kept failing, before it accepted the request.",
} as const;
export type VideoErrorCode = keyof typeof VIDEO_ERROR_CODES;

/** What was asked for, complete: every default is filled in, `null` where the choice is the upstream's. */
export interface VideoRequest {
  /** Canonical model id, as in `MODELS`. */
  model: string;
  prompt: string;
  /** First frame: `http(s)` address or base64 `data:` URI. */
  imageUrl: string | null;
  /** Last frame, likewise. */
  lastImageUrl: string | null;
  aspectRatio: AspectRatio | null;
  resolution: Resolution;
  durationSeconds: DurationSeconds;
  generateAudio: boolean;
  personGeneration: PersonGeneration;
}

/** The part of a video that `transition` changes. Each durable change raises `version` by one. */
export interface VideoState {
  status: VideoStatus;
  /** 1 when accepted. */
  version: number;
  /** POSTs begun for this video. Only one more than those known not to have been accepted (invariant 2). */
  attempt: number;
  waitingReason: WaitingReason | null;
  /** The upstream's id. */
  generationId: string | null;
  /** The upstream's address of the file; it may expire. */
  sourceUrl: string | null;
  error: VideoError | null;
  creditsUsed: number | null;
  /** In US dollars. */
  chargedUsd: number | null;
  /** When the newest POST was begun. */
  submittedAt: Date | null;
  /** When the upstream last answered about it. */
  lastCheckedAt: Date | null;
  /** When the upstream last said that it was not finished, set once a poll saw the end: the end came after that. */
  lastPendingAt: Date | null;
  finishedAt: Date | null;
  updatedAt: Date;
}

/** One video: what was asked for, and where it is. */
export interface Video extends VideoState {
  /** `video_` and 26 characters (a TypeID over UUIDv7, so ids sort by creation). */
  id: string;
  request: VideoRequest;
  idempotencyKey: string | null;
  externalId: string | null;
  /** What the catalogue's price says it will cost, in US dollars; `null` when no price was known. */
  estimatedUsd: number | null;
  createdAt: Date;
}
