import { createVideoFields, MODELS, type Model } from "@reelwire/core";
import { builder } from "./builder.ts";
import { AspectRatio, PersonGeneration, Resolution } from "./enums.ts";

const ModelType = builder.objectRef<Model>("Model").implement({
  description: "A model that makes videos, and what it takes.",
  fields: (t) => ({
    // Not a Node: its id is the upstream's, and nothing is found by it but here.
    id: t.exposeString("id", { description: "Give it as `model`." }),
    name: t.exposeString("name", { description: "What people call it." }),
    aliases: t.stringList({
      description: "Other spellings of its id that are accepted.",
      resolve: ({ aliases }) => [...aliases],
    }),
    isDefault: t.boolean({
      description: "Whether it is the one that is used when `model` is left out.",
      resolve: ({ id }) => id === MODELS[0].id,
    }),
    aspectRatios: t.field({
      type: [AspectRatio],
      description: createVideoFields.aspectRatio.description,
      resolve: ({ aspectRatios }) => [...aspectRatios],
    }),
    resolutions: t.field({
      type: [Resolution],
      description: createVideoFields.resolution.description,
      resolve: ({ resolutions }) => [...resolutions],
    }),
    durationsSeconds: t.intList({
      description: createVideoFields.durationSeconds.description,
      resolve: ({ durationsSeconds }) => [...durationsSeconds],
    }),
    personGenerations: t.field({
      type: [PersonGeneration],
      description: createVideoFields.personGeneration.description,
      resolve: ({ personGenerations }) => [...personGenerations],
    }),
    maxPromptCharacters: t.exposeInt("maxPromptCharacters", {
      description: "Longest prompt, in characters (UTF-16 code units).",
    }),
    maxImageBytes: t.exposeInt("maxImageBytes", { description: "Largest image in a `data:` URI, in decoded bytes." }),
  }),
});

builder.queryField("models", (t) =>
  t.field({
    type: [ModelType],
    description: "What videos can be asked of, the default first.",
    resolve: () => [...MODELS],
  }),
);
