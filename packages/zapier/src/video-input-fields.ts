import { createVideoFields, enumValues, type Field, stepFields } from "@reelwire/core";
import { type ListModelsQuery, listModelsDocument } from "@reelwire/core/operations";
import { type Bundle, defineInputFields, type PlainInputField, type ZObject } from "zapier-platform-core";
import { ask } from "./ask-gateway.ts";
import { textOf } from "./video-input.ts";

type Model = ListModelsQuery["models"][number];

const { prompt, model, durationSeconds, aspectRatio, resolution, generateAudio, personGeneration, maxUsd } =
  createVideoFields;

/** A field as core words it. */
export const worded = ({ label, description }: Field) => ({ label, helpText: description });

interface Choice {
  value: string;
  label: string;
}

const choices = (all: readonly Choice[]) => all.map((choice) => ({ ...choice, sample: choice.value }));

const named = (values: readonly string[], labels: Readonly<Record<string, { label: string }>>): Choice[] =>
  values.map((value) => ({ value, label: labels[value]?.label ?? value }));

/** What can be chosen depends on the model: the chosen one's choices, or the default's. */
async function modelFields(z: ZObject, bundle: Bundle<{ model?: unknown }>): Promise<PlainInputField[]> {
  const { models } = await ask(z, bundle, listModelsDocument, {});
  const chosen = textOf(bundle.inputData.model);
  const one =
    models.find(({ id, aliases, isDefault }) =>
      chosen === undefined ? isDefault : id === chosen || aliases.includes(chosen),
    ) ?? models.find(({ isDefault }) => isDefault);
  return one === undefined ? [] : choicesOf(one);
}

function choicesOf({ durationsSeconds, aspectRatios, resolutions, personGenerations }: Model): PlainInputField[] {
  const durations = durationsSeconds.map((seconds) => ({ value: String(seconds), label: `${seconds} seconds` }));
  return [
    { key: "durationSeconds", ...worded(durationSeconds), type: "integer", choices: choices(durations) },
    { key: "aspectRatio", ...worded(aspectRatio), choices: choices(named(aspectRatios, enumValues.AspectRatio)) },
    { key: "resolution", ...worded(resolution), choices: choices(named(resolutions, enumValues.Resolution)) },
    {
      key: "personGeneration",
      ...worded(personGeneration),
      choices: choices(named(personGenerations, enumValues.PersonGeneration)),
    },
  ];
}

/** What Create Video and Start Video ask for. */
export const videoInputFields = defineInputFields([
  { key: "prompt", ...worded(prompt), type: "text", required: true },
  // No input: words that stand in the form where all who fill it in read them.
  { key: "sameInput", ...worded(stepFields.sameInput), type: "copy" },
  { key: "model", ...worded(model), dynamic: "modelChoices.id.name", altersDynamicFields: true },
  modelFields,
  { key: "generateAudio", ...worded(generateAudio), type: "boolean" },
  { key: "imageUrl", ...worded(stepFields.imageUrl), type: "file" },
  { key: "lastImageUrl", ...worded(stepFields.lastImageUrl), type: "file" },
  { key: "maxUsd", ...worded(maxUsd), type: "number" },
  { key: "externalId", ...worded(stepFields.externalId) },
  { key: "idempotencyKey", ...worded(stepFields.idempotencyKey) },
]);
