import { describe, expect, test } from "vitest";
import { createVideoFields, enumValues } from "../../packages/core/dist/index.js";
import { differences, type Vocabulary, without } from "./words.ts";

const MEANT = {
  ...createVideoFields,
  resolution: { ...createVideoFields.resolution, values: enumValues.Resolution },
} satisfies Vocabulary;

describe("a word that is another is found", () => {
  test.each<[string, Vocabulary, string]>([
    ["a label", { ...MEANT, prompt: { ...MEANT.prompt, label: "Text" } }, 'prompt: the label is "Text", not "Prompt"'],
    ["a sample", { ...MEANT, maxUsd: { ...MEANT.maxUsd, sample: 2 } }, "maxUsd: the sample is 2, not 1"],
    ["an input left out", without(MEANT, ["maxUsd"]), "maxUsd is missing"],
    ["an input of its own", { ...MEANT, mood: { label: "Mood" } }, "mood is said, and not meant"],
    [
      "a description",
      { ...MEANT, generateAudio: { ...MEANT.generateAudio, description: "Whether it sounds. Default: true." } },
      'generateAudio: the description is "Whether it sounds. Default: true.", not "Whether the video has sound. Default: true."',
    ],
    [
      "a value's label",
      { ...MEANT, resolution: { ...MEANT.resolution, values: { ...enumValues.Resolution, P720: { label: "HD" } } } },
      'resolution.P720: the label is "HD", not "720p"',
    ],
    [
      "a value left out",
      { ...MEANT, resolution: { ...MEANT.resolution, values: { P720: enumValues.Resolution.P720 } } },
      "resolution.P1080 is missing",
    ],
  ])("%s", (_, changed, difference) => {
    expect(differences(MEANT, MEANT)).toEqual([]);
    expect(differences(changed, MEANT)).toEqual([difference]);
  });

  test("markup, capitals of ID and a last period are no difference", () => {
    const description = createVideoFields.model.description.replace(/`([^`]+)`/g, "<code>$1</code>").replace(/\.$/, "");
    expect(differences({ model: { description } }, { model: createVideoFields.model })).toEqual([]);
    expect(differences({ it: { description: "Its ID" } }, { it: { description: "Its id." } })).toEqual([]);
  });
});
