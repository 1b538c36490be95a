import { describe, expect, test } from "vitest";
import { type CreateVideoInput, parseCreateVideoInput } from "../src/create-video-input.ts";
import { createVideoFields, enumValues, type Field, videoFields } from "../src/fields.ts";
import {
  ASPECT_RATIOS,
  PERSON_GENERATIONS,
  RESOLUTIONS,
  VIDEO_ERROR_CODES,
  VIDEO_STATUSES,
  WAITING_REASONS,
} from "../src/video.ts";
import { videoIdToUuid } from "../src/video-id.ts";

const fields: [name: string, field: Field][] = [...Object.entries(createVideoFields), ...Object.entries(videoFields)];
const sentences = /^[A-Z`0-9].*\.$/s;

test.each(fields)("%s has a label, a description and a sample", (_, field) => {
  expect(field.label).toMatch(/^[A-Z]/);
  expect(field.description).toMatch(sentences);
  expect(field.sample).not.toBeUndefined();
  expect(JSON.parse(JSON.stringify(field.sample))).toEqual(field.sample);
});

test("no field is in both lists, and no label is given twice", () => {
  const labels = fields.map(([, { label }]) => label);
  expect(labels.filter((label, index) => labels.indexOf(label) !== index)).toEqual([]);
  expect(Object.keys(videoFields).filter((name) => name in createVideoFields)).toEqual([]);
});

describe("createVideoFields", () => {
  test("are the fields of the input, all of them", () => {
    // Does not compile when one is missing on either side.
    const names: Record<keyof CreateVideoInput, keyof typeof createVideoFields> = {
      prompt: "prompt",
      model: "model",
      imageUrl: "imageUrl",
      lastImageUrl: "lastImageUrl",
      aspectRatio: "aspectRatio",
      resolution: "resolution",
      durationSeconds: "durationSeconds",
      generateAudio: "generateAudio",
      personGeneration: "personGeneration",
      idempotencyKey: "idempotencyKey",
      externalId: "externalId",
      maxUsd: "maxUsd",
      callbackUrl: "callbackUrl",
    };
    expect(Object.keys(names)).toEqual(Object.keys(createVideoFields));
  });

  test("have samples that are accepted together", () => {
    const samples = Object.fromEntries(Object.entries(createVideoFields).map(([name, { sample }]) => [name, sample]));
    const { request, ...ours } = parseCreateVideoInput(samples);
    expect({ ...request, ...ours }).toEqual(samples);
  });

  test("name the defaults that are filled in", () => {
    const { request } = parseCreateVideoInput({ prompt: "A paper boat" });
    expect(createVideoFields.model.description).toContain(`Default: \`${request.model}\``);
    expect(createVideoFields.resolution.description).toContain(`Default: ${request.resolution.slice(1)}.`);
    expect(createVideoFields.durationSeconds.description).toContain(`Default: ${request.durationSeconds}.`);
    expect(createVideoFields.generateAudio.description).toContain(`Default: ${request.generateAudio}.`);
  });
});

test("videoFields have samples of one video that fit together", () => {
  expect(videoIdToUuid(videoFields.id.sample)).not.toBeNull();
  expect(videoFields.url.sample).toContain(videoFields.id.sample);
  expect(videoFields.studioUrl.sample).toContain(videoFields.id.sample);
  expect(VIDEO_STATUSES).toContain(videoFields.status.sample);
  expect(Object.keys(VIDEO_ERROR_CODES)).toContain(videoFields.errorCode.sample);
  expect(videoFields.cost.sample).toEqual({
    estimatedUsd: videoFields.estimatedUsd.sample,
    chargedUsd: videoFields.chargedUsd.sample,
    credits: videoFields.credits.sample,
  });
});

describe("enumValues", () => {
  const vocabulary: Record<keyof typeof enumValues, readonly string[]> = {
    AspectRatio: ASPECT_RATIOS,
    Resolution: RESOLUTIONS,
    PersonGeneration: PERSON_GENERATIONS,
    VideoStatus: VIDEO_STATUSES,
    WaitingReason: WAITING_REASONS,
  };

  test.each(Object.entries(vocabulary))("%s has the vocabulary's values, in its order", (name, values) => {
    const described = enumValues[name as keyof typeof enumValues];
    expect(Object.keys(described)).toEqual(values);
    for (const { label, description } of Object.values(described)) {
      expect(label).toMatch(/^[A-Z0-9]/);
      expect(description).toMatch(sentences);
    }
  });
});
