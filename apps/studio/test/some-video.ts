import type { Video } from "@reelwire/react";

/** A video that was just accepted, but for what is given. */
export function someVideo(parts: Partial<Video> = {}): Video {
  return {
    id: "video_01kb0000000000000000000000",
    prompt: "a paper boat on a rainy street",
    model: "google/veo-3.1-lite-generate-001",
    aspectRatio: null,
    resolution: "P720",
    durationSeconds: 8,
    generateAudio: true,
    personGeneration: "ALLOW_ADULT",
    idempotencyKey: null,
    externalId: null,
    status: "ACCEPTED",
    version: 1,
    waitingReason: null,
    url: null,
    studioUrl: "http://127.0.0.1:4000/videos/video_01kb0000000000000000000000",
    sourceUrl: null,
    error: null,
    progress: { fraction: 0, estimatedCompletionAt: null },
    cost: { estimatedUsd: null, chargedUsd: null, credits: null },
    generationId: null,
    createdAt: "2026-11-22T09:00:00.000Z",
    submittedAt: null,
    lastCheckedAt: null,
    finishedAt: null,
    updatedAt: "2026-11-22T09:00:00.000Z",
    ...parts,
  };
}
