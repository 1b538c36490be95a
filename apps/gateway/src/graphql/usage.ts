import { usageFields, usageQueryFields } from "@reelwire/core";
import type { Usage } from "@reelwire/engine";
import { builder } from "./builder.ts";
import { UsageGroup } from "./enums.ts";

const UsageType = builder.objectRef<Usage>("Usage").implement({
  description: "What a group of videos came to.",
  fields: (t) => ({
    day: t.expose("day", { type: "DateTime", nullable: true, description: usageFields.day.description }),
    model: t.exposeString("model", { nullable: true, description: usageFields.model.description }),
    keyId: t.exposeID("keyId", { nullable: true, description: usageFields.keyId.description }),
    subject: t.exposeString("subject", { nullable: true, description: usageFields.subject.description }),
    videos: t.exposeInt("videos", { description: usageFields.videos.description }),
    completed: t.exposeInt("completed", { description: usageFields.completed.description }),
    seconds: t.exposeFloat("seconds", { description: usageFields.seconds.description }),
    spentUsd: t.exposeFloat("spentUsd", { description: usageFields.spentUsd.description }),
    heldUsd: t.exposeFloat("heldUsd", { description: usageFields.heldUsd.description }),
  }),
});

builder.queryField("usage", (t) =>
  t.field({
    type: [UsageType],
    authScopes: { scope: "videos:read" },
    description:
      "What the videos you may see came to: with a key those of the project, with an access token those of its subject. Errors: `BAD_INPUT`.",
    args: {
      from: t.arg({ type: "DateTime", required: true, description: usageQueryFields.from.description }),
      to: t.arg({ type: "DateTime", required: true, description: usageQueryFields.to.description }),
      groupBy: t.arg({
        type: [UsageGroup],
        required: true,
        defaultValue: [],
        description: usageQueryFields.groupBy.description,
      }),
    },
    // It adds up as many videos as there are.
    complexity: { field: 500, multiplier: 100 },
    resolve: (_root, { from, to, groupBy }, { engine, viewer }) => engine.usage(viewer, { from, to, groupBy }),
  }),
);
