import { ApiError, videoFields } from "@reelwire/core";
import { builder } from "./builder.ts";
import { VideoType } from "./video-type.ts";

builder.subscriptionField("videoStatus", (t) =>
  t.field({
    type: VideoType,
    authScopes: { scope: "videos:read" },
    description:
      "The video as it is now, then every later version in order, none skipped; it completes after the final one. A poll of the upstream that changed nothing comes as the same version with a newer `lastCheckedAt` and `progress`. Errors: `NOT_FOUND`, `BAD_INPUT`.",
    args: {
      id: t.arg.id({ required: true, description: videoFields.id.description }),
      afterVersion: t.arg.int({
        description:
          "The last version you have seen: begins with the one after it, so that a reconnect misses nothing.",
      }),
    },
    subscribe: (_root, { id, afterVersion }, { engine, viewer }) => {
      if (afterVersion != null && afterVersion < 0) {
        throw ApiError.badInput([{ path: ["afterVersion"], message: "A version is 0 or more." }]);
      }
      return engine.watchVideo(viewer, id, afterVersion ?? null);
    },
    resolve: (video) => video,
  }),
);

builder.subscriptionField("videoActivity", (t) =>
  t.field({
    type: VideoType,
    authScopes: { scope: "videos:read" },
    description:
      "Every video you may see, each time something about it changes, from now on. Nothing is replayed: after a reconnect read `videos` again.",
    subscribe: (_root, _args, { engine, viewer }) => engine.watchActivity(viewer),
    resolve: (video) => video,
  }),
);
