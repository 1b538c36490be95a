import { createVideoFields, type Progress, type VideoError, videoFields } from "@reelwire/core";
import type { StoredVideo } from "@reelwire/engine";
import { builder } from "./builder.ts";
import { AspectRatio, PersonGeneration, Resolution, VideoErrorCode, VideoStatus, WaitingReason } from "./enums.ts";

const VideoErrorType = builder.objectRef<VideoError>("VideoError").implement({
  description: "Why a video failed.",
  fields: (t) => ({
    code: t.expose("code", { type: VideoErrorCode, description: videoFields.errorCode.description }),
    message: t.exposeString("message", { description: videoFields.errorMessage.description }),
    retryable: t.exposeBoolean("retryable", { description: videoFields.errorRetryable.description }),
    billed: t.exposeBoolean("billed", { nullable: true, description: videoFields.errorBilled.description }),
  }),
});

const VideoProgress = builder.objectRef<Progress>("VideoProgress").implement({
  description: videoFields.progress.description,
  fields: (t) => ({
    fraction: t.exposeFloat("fraction", { description: videoFields.progressFraction.description }),
    estimatedCompletionAt: t.expose("estimatedCompletionAt", {
      type: "DateTime",
      nullable: true,
      description: videoFields.estimatedCompletionAt.description,
    }),
  }),
});

const VideoCost = builder
  .objectRef<Pick<StoredVideo, "estimatedUsd" | "chargedUsd" | "creditsUsed">>("VideoCost")
  .implement({
    description: videoFields.cost.description,
    fields: (t) => ({
      estimatedUsd: t.exposeFloat("estimatedUsd", {
        nullable: true,
        description: videoFields.estimatedUsd.description,
      }),
      chargedUsd: t.exposeFloat("chargedUsd", { nullable: true, description: videoFields.chargedUsd.description }),
      // Not Int: credits are two million a dollar, and may come in fractions.
      credits: t.exposeFloat("creditsUsed", { nullable: true, description: videoFields.credits.description }),
    }),
  });

/** An image may be ten megabytes, so that an operation may ask for twenty, and not for a page of them. */
const IMAGE_COMPLEXITY = 1_000;

/** One video, as its viewer sees it. */
export const VideoType = builder.node(builder.objectRef<StoredVideo>("Video"), {
  description: "One video: what was asked for, and where it is.",
  id: { resolve: (video) => video.id, description: videoFields.id.description },
  loadWithoutCache: (id, { engine, viewer }) => engine.video(viewer, id),
  fields: (t) => {
    const asked = createVideoFields;
    const time = (name: "submittedAt" | "lastCheckedAt" | "finishedAt") =>
      t.expose(name, { type: "DateTime", nullable: true, description: videoFields[name].description });
    return {
      prompt: t.string({ description: asked.prompt.description, resolve: ({ request }) => request.prompt }),
      model: t.string({ description: asked.model.description, resolve: ({ request }) => request.model }),
      imageUrl: t.string({
        nullable: true,
        description: asked.imageUrl.description,
        complexity: IMAGE_COMPLEXITY,
        resolve: async (video, _, { engine, viewer }) => (await engine.request(viewer, video)).imageUrl,
      }),
      lastImageUrl: t.string({
        nullable: true,
        description: asked.lastImageUrl.description,
        complexity: IMAGE_COMPLEXITY,
        resolve: async (video, _, { engine, viewer }) => (await engine.request(viewer, video)).lastImageUrl,
      }),
      aspectRatio: t.field({
        type: AspectRatio,
        nullable: true,
        description: asked.aspectRatio.description,
        resolve: ({ request }) => request.aspectRatio,
      }),
      resolution: t.field({
        type: Resolution,
        description: asked.resolution.description,
        resolve: ({ request }) => request.resolution,
      }),
      durationSeconds: t.int({
        description: asked.durationSeconds.description,
        resolve: ({ request }) => request.durationSeconds,
      }),
      generateAudio: t.boolean({
        description: asked.generateAudio.description,
        resolve: ({ request }) => request.generateAudio,
      }),
      personGeneration: t.field({
        type: PersonGeneration,
        description: asked.personGeneration.description,
        resolve: ({ request }) => request.personGeneration,
      }),
      idempotencyKey: t.exposeString("idempotencyKey", {
        nullable: true,
        description: asked.idempotencyKey.description,
      }),
      externalId: t.exposeString("externalId", { nullable: true, description: asked.externalId.description }),
      status: t.expose("status", { type: VideoStatus, description: videoFields.status.description }),
      version: t.exposeInt("version", { description: videoFields.version.description }),
      waitingReason: t.expose("waitingReason", {
        type: WaitingReason,
        nullable: true,
        description: videoFields.waitingReason.description,
      }),
      url: t.string({
        nullable: true,
        description: videoFields.url.description,
        resolve: ({ id, status }, _args, { engine, publicUrl }) => {
          if (status !== "COMPLETED") return null;
          const { key, signature } = engine.fileAddress(id);
          return `${publicUrl}/files/${key}?signature=${signature}`;
        },
      }),
      studioUrl: t.string({
        description: videoFields.studioUrl.description,
        resolve: ({ id }, _args, { publicUrl }) => `${publicUrl}/videos/${id}`,
      }),
      sourceUrl: t.exposeString("sourceUrl", { nullable: true, description: videoFields.sourceUrl.description }),
      error: t.expose("error", { type: VideoErrorType, nullable: true, description: videoFields.error.description }),
      progress: t.field({
        type: VideoProgress,
        nullable: true,
        description: videoFields.progress.description,
        resolve: (video, _args, { engine }) => engine.progress(video),
      }),
      cost: t.field({ type: VideoCost, description: videoFields.cost.description, resolve: (video) => video }),
      generationId: t.exposeString("generationId", {
        nullable: true,
        description: videoFields.generationId.description,
      }),
      createdAt: t.expose("createdAt", { type: "DateTime", description: videoFields.createdAt.description }),
      submittedAt: time("submittedAt"),
      lastCheckedAt: time("lastCheckedAt"),
      finishedAt: time("finishedAt"),
      updatedAt: t.expose("updatedAt", { type: "DateTime", description: videoFields.updatedAt.description }),
    };
  },
});
