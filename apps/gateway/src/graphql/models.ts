import { MODELS, type Model, modelFields } from "@reelwire/core";
import { builder } from "./builder.ts";
import { AspectRatio, PersonGeneration, Resolution } from "./enums.ts";

const ModelType = builder.objectRef<Model>("Model").implement({
  description: "A model that makes videos, and what it takes.",
  fields: (t) => ({
    // Not a Node: its id is the upstream's, and nothing is found by it but here.
    id: t.exposeString("id", { description: modelFields.id.description }),
    name: t.exposeString("name", { description: modelFields.name.description }),
    aliases: t.stringList({
      description: modelFields.aliases.description,
      resolve: ({ aliases }) => [...aliases],
    }),
    isDefault: t.boolean({
      description: modelFields.isDefault.description,
      resolve: ({ id }) => id === MODELS[0].id,
    }),
    isEmulated: t.boolean({
      description: modelFields.isEmulated.description,
      resolve: (_model, _args, { isEmulated }) => isEmulated,
    }),
    aspectRatios: t.field({
      type: [AspectRatio],
      description: modelFields.aspectRatios.description,
      resolve: ({ aspectRatios }) => [...aspectRatios],
    }),
    resolutions: t.field({
      type: [Resolution],
      description: modelFields.resolutions.description,
      resolve: ({ resolutions }) => [...resolutions],
    }),
    durationsSeconds: t.intList({
      description: modelFields.durationsSeconds.description,
      resolve: ({ durationsSeconds }) => [...durationsSeconds],
    }),
    personGenerations: t.field({
      type: [PersonGeneration],
      description: modelFields.personGenerations.description,
      resolve: ({ personGenerations }) => [...personGenerations],
    }),
    maxPromptCharacters: t.exposeInt("maxPromptCharacters", {
      description: modelFields.maxPromptCharacters.description,
    }),
    maxImageBytes: t.exposeInt("maxImageBytes", { description: modelFields.maxImageBytes.description }),
  }),
});

builder.queryField("models", (t) =>
  t.field({
    type: [ModelType],
    authScopes: { authenticated: true },
    description: "What videos can be asked of, the default first.",
    resolve: () => [...MODELS],
  }),
);
