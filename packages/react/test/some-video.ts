import type { Video } from "../src/index.ts";

export const ID = "video_01kaqg3v7hf0ctq9x2d3s8g4rn";

/** A video that is being made, but for what is said of it. */
export function someVideo(changes: Partial<Video> = {}): Video {
  return {
    id: ID,
    prompt: "A paper boat",
    model: "google/veo-3.1-lite-generate-001",
    aspectRatio: null,
    resolution: "P720",
    durationSeconds: 8,
    generateAudio: true,
    personGeneration: "ALLOW_ADULT",
    idempotencyKey: null,
    externalId: null,
    status: "GENERATING",
    version: 1,
    waitingReason: null,
    url: null,
    studioUrl: `http://127.0.0.1:4000/videos/${ID}`,
    sourceUrl: null,
    error: null,
    progress: { fraction: 0.5, estimatedCompletionAt: "2026-11-22T09:01:00.000Z" },
    cost: { estimatedUsd: 0.4, chargedUsd: null, credits: null },
    generationId: null,
    createdAt: "2026-11-22T09:00:00.000Z",
    submittedAt: null,
    lastCheckedAt: null,
    finishedAt: null,
    updatedAt: "2026-11-22T09:00:00.000Z",
    ...changes,
  };
}
