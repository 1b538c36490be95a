import { createVideoFields, parseCreateVideoInput } from "@reelwire/core";
import type { CreatedVideo } from "@reelwire/engine";
import { AccessTokenType } from "./access-tokens.ts";
import { may } from "./authorization.ts";
import { builder, ONCE_PER_OPERATION } from "./builder.ts";
import { AspectRatio, PersonGeneration, Resolution } from "./enums.ts";
import { VideoType } from "./video-type.ts";

export const CreateVideoInput = builder.inputType("CreateVideoInput", {
  description: "What to make a video of. Only `prompt` is required; null means the same as leaving a field out.",
  fields: (t) => {
    const fields = createVideoFields;
    return {
      prompt: t.string({ required: true, description: fields.prompt.description }),
      model: t.string({ description: fields.model.description }),
      imageUrl: t.string({ description: fields.imageUrl.description }),
      lastImageUrl: t.string({ description: fields.lastImageUrl.description }),
      aspectRatio: t.field({ type: AspectRatio, description: fields.aspectRatio.description }),
      resolution: t.field({ type: Resolution, description: fields.resolution.description }),
      durationSeconds: t.int({ description: fields.durationSeconds.description }),
      generateAudio: t.boolean({ description: fields.generateAudio.description }),
      personGeneration: t.field({ type: PersonGeneration, description: fields.personGeneration.description }),
      idempotencyKey: t.string({ description: fields.idempotencyKey.description }),
      externalId: t.string({ description: fields.externalId.description }),
      maxUsd: t.float({ description: fields.maxUsd.description }),
      callbackUrl: t.string({ description: fields.callbackUrl.description }),
    };
  },
});

const CreateVideoPayload = builder.objectRef<CreatedVideo>("CreateVideoPayload").implement({
  description: "The video that was accepted.",
  fields: (t) => ({
    video: t.expose("video", { type: VideoType, description: "Saved, and on its way: watch it with `videoStatus`." }),
    reused: t.exposeBoolean("reused", {
      description: "True when the idempotency key was used before: this is the video made then, and no other is made.",
    }),
    accessToken: t.field({
      type: AccessTokenType,
      nullable: true,
      description:
        "For who may make videos and not see this one: a token by which just this video can be seen and watched, for an hour. Null for everybody else.",
      resolve: ({ video }, _args, { access, caller }) => {
        const { videoIds } = caller.viewer;
        const seesIt = may(caller, "videos:read") && (videoIds === undefined || videoIds.includes(video.id));
        return seesIt ? null : access.createWatchToken(caller, video.id);
      },
    }),
  }),
});

builder.mutationField("createVideo", (t) =>
  t.field({
    type: CreateVideoPayload,
    authScopes: { scope: "videos:create" },
    complexity: { field: ONCE_PER_OPERATION },
    description:
      "Asks for a video, one in an operation. It answers as soon as the video is saved, and from then on the video is carried to its end whatever happens. Errors: `BAD_INPUT`, `IDEMPOTENCY_CONFLICT`, `EXTERNAL_ID_TAKEN`, `PRICE_TOO_HIGH`, `PRICE_UNKNOWN`, `BUDGET_EXCEEDED`, `RATE_LIMITED`, `TOO_MANY_WEBHOOKS`.",
    args: { input: t.arg({ type: CreateVideoInput, required: true, description: "What to make." }) },
    resolve: (_root, { input }, { engine, viewer }) => engine.createVideo(viewer, parseCreateVideoInput(input)),
  }),
);
