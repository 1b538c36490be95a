import { createVideoFields, type Field, stepOutputFields, videoFields } from "@reelwire/core";
import type { Video } from "@reelwire/core/operations";
import type { PlainOutputField } from "zapier-platform-core";

type FieldType = NonNullable<PlainOutputField["type"]>;

/** A field of the output: what core says about it, and its type. */
type Described = readonly [field: Field, type: FieldType];

/** An object in the output, whose fields are told one by one. */
interface Group<TName extends string> {
  /** What core says about the whole. */
  field: Field;
  fields: Readonly<Record<TName, Described>>;
}

const group = <TName extends string>(field: Field, fields: Record<TName, Described>): Group<TName> => ({
  field,
  fields,
});

type DescribedVideo = {
  [TName in keyof Required<Omit<Video, "__typename">>]: NonNullable<Video[TName]> extends object
    ? Group<Exclude<keyof NonNullable<Video[TName]>, "__typename"> & string>
    : Described;
};

const { error, cost, progress } = videoFields;

/** Everything that a video tells of itself. Does not compile when a field is missing. */
const described: DescribedVideo = {
  id: [videoFields.id, "string"],
  status: [videoFields.status, "string"],
  url: [videoFields.url, "string"],
  studioUrl: [videoFields.studioUrl, "string"],
  prompt: [createVideoFields.prompt, "string"],
  model: [createVideoFields.model, "string"],
  durationSeconds: [createVideoFields.durationSeconds, "integer"],
  aspectRatio: [createVideoFields.aspectRatio, "string"],
  resolution: [createVideoFields.resolution, "string"],
  generateAudio: [createVideoFields.generateAudio, "boolean"],
  personGeneration: [createVideoFields.personGeneration, "string"],
  externalId: [createVideoFields.externalId, "string"],
  idempotencyKey: [createVideoFields.idempotencyKey, "string"],
  cost: group(cost, {
    estimatedUsd: [videoFields.estimatedUsd, "number"],
    chargedUsd: [videoFields.chargedUsd, "number"],
    credits: [videoFields.credits, "number"],
  }),
  error: group(error, {
    code: [videoFields.errorCode, "string"],
    message: [videoFields.errorMessage, "string"],
    retryable: [videoFields.errorRetryable, "boolean"],
    billed: [videoFields.errorBilled, "boolean"],
  }),
  progress: group(progress, {
    fraction: [videoFields.progressFraction, "number"],
    estimatedCompletionAt: [videoFields.estimatedCompletionAt, "datetime"],
  }),
  waitingReason: [videoFields.waitingReason, "string"],
  version: [videoFields.version, "integer"],
  generationId: [videoFields.generationId, "string"],
  sourceUrl: [videoFields.sourceUrl, "string"],
  createdAt: [videoFields.createdAt, "datetime"],
  submittedAt: [videoFields.submittedAt, "datetime"],
  lastCheckedAt: [videoFields.lastCheckedAt, "datetime"],
  finishedAt: [videoFields.finishedAt, "datetime"],
  updatedAt: [videoFields.updatedAt, "datetime"],
};

const outputField = (key: string, [{ label }, type]: Described): PlainOutputField => ({ key, label, type });

/** What a step says about its output: each field, those of objects as Zapier addresses them, and the file. */
export const videoOutputFields: PlainOutputField[] = [
  ...Object.entries(described).flatMap(([name, one]) =>
    "fields" in one
      ? Object.entries<Described>(one.fields).map(([inner, field]) => outputField(`${name}__${inner}`, field))
      : [outputField(name, one)],
  ),
  outputField("file", [stepOutputFields.file, "file"]),
].map((field) => (field.key === "id" ? { ...field, primary: true } : field));

const sampleOf = (one: Described | Group<string>): unknown => ("fields" in one ? one.field.sample : one[0].sample);

/** A completed video. */
export const completedSample: Record<string, unknown> = {
  ...Object.fromEntries(Object.entries(described).map(([name, one]) => [name, sampleOf(one)])),
  file: stepOutputFields.file.sample,
};

/** A video that failed. */
export const failedSample: Record<string, unknown> = {
  ...completedSample,
  status: "FAILED",
  url: null,
  file: null,
  sourceUrl: null,
  progress: null,
  cost: { estimatedUsd: cost.sample.estimatedUsd, chargedUsd: null, credits: null },
  error: Object.fromEntries(Object.entries(described.error.fields).map(([name, [field]]) => [name, field.sample])),
};

/** A video that was just accepted. */
export const acceptedSample: Record<string, unknown> = {
  ...failedSample,
  status: "ACCEPTED",
  version: 1,
  error: null,
  progress: { fraction: 0, estimatedCompletionAt: "2026-11-22T09:01:00.000Z" },
  generationId: null,
  submittedAt: null,
  lastCheckedAt: null,
  finishedAt: null,
  updatedAt: videoFields.createdAt.sample,
};

/** A video that was canceled before anything was sent upstream. */
export const canceledSample: Record<string, unknown> = {
  ...acceptedSample,
  status: "CANCELED",
  version: 2,
  progress: null,
  finishedAt: videoFields.finishedAt.sample,
  updatedAt: videoFields.finishedAt.sample,
};
