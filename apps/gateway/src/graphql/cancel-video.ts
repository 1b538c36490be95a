import { videoFields } from "@reelwire/core";
import type { CanceledVideo } from "@reelwire/engine";
import { builder } from "./builder.ts";
import { VideoType } from "./video-type.ts";

const CancelVideoPayload = builder.objectRef<CanceledVideo>("CancelVideoPayload").implement({
  description: "The video that was canceled.",
  fields: (t) => ({
    video: t.expose("video", { type: VideoType, description: "Now `CANCELED`." }),
    upstreamMayStillCharge: t.exposeBoolean("upstreamMayStillCharge", {
      description:
        "False when nothing had been sent upstream, so that nothing is charged. Otherwise we stop looking, and the upstream, which cannot cancel, may finish and charge.",
    }),
  }),
});

builder.mutationField("cancelVideo", (t) =>
  t.field({
    type: CancelVideoPayload,
    authScopes: { scope: "videos:create" },
    description:
      "Ends a video that is not finished. Canceling it again answers the same. Errors: `NOT_FOUND`, `VIDEO_ALREADY_FINISHED`.",
    args: { id: t.arg.id({ required: true, description: videoFields.id.description }) },
    resolve: (_root, { id }, { engine, viewer }) => engine.cancelVideo(viewer, id),
  }),
);
