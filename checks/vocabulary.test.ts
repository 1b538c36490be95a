import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import {
  automationEnumValues,
  automationSteps,
  automationTriggers,
  binaryFields,
  connectionFields,
  createVideoFields,
  createWebhookFields,
  DURATIONS_SECONDS,
  enumValues,
  stepFields,
  stepOutputFields,
  VIDEO_ERROR_CODES,
  videoFields,
  waitFields,
  webhookEnumValues,
} from "../packages/core/dist/index.js";
import { findVideoDocument } from "../packages/core/dist/operations.js";
import { type RunningMain, runMain } from "../packages/gateway-for-tests/src/index.ts";
import type { CreateVideoInput, Video } from "../packages/react/dist/index.js";
import { fieldsOf, valuesOf } from "./vocabulary/graphql-words.ts";
import { credentialWords, itemOutput, operations, operationWords, triggerWords } from "./vocabulary/n8n-words.ts";
import { differences, type Vocabulary, type Words, without } from "./vocabulary/words.ts";
import { connectionWords, displays, stepInputWords, stepOutputWords } from "./vocabulary/zapier-words.ts";

/** What a platform does not ask for, of what `createVideo` takes, and why. */
const NOT_ASKED_FOR = {
  zapier: { callbackUrl: "The step gives the address by which Zapier resumes its run." },
  n8n: { callbackUrl: "The node gives the address by which n8n wakes its execution." },
} as const satisfies Record<string, Partial<Record<keyof typeof createVideoFields, string>>>;

/** What the client and both platforms do not tell of a video, and why. */
const NOT_TOLD = {
  imageUrl: "It may be a data URI of many megabytes, told again with every change.",
  lastImageUrl: "It may be a data URI of many megabytes, told again with every change.",
} as const satisfies Partial<Record<keyof typeof createVideoFields, string>>;

/** What `createVideo` takes and no video tells: it is about the request. */
const OF_THE_REQUEST = ["maxUsd", "callbackUrl"] as const satisfies (keyof typeof createVideoFields)[];

/** The fields of a video that have parts, and what core calls each part. */
const GROUPS = {
  error: { code: "errorCode", message: "errorMessage", retryable: "errorRetryable", billed: "errorBilled" },
  progress: { fraction: "progressFraction", estimatedCompletionAt: "estimatedCompletionAt" },
  cost: { estimatedUsd: "estimatedUsd", chargedUsd: "chargedUsd", credits: "credits" },
} as const satisfies Record<string, Record<string, keyof typeof videoFields>>;

/** What the samples are of a video that ended so, where that is not what core's are each by itself. */
const COMPLETED = { errorCode: null, errorMessage: null, errorRetryable: null, errorBilled: null };
const FAILED = {
  ...{ status: "FAILED", url: null, sourceUrl: null, file: null },
  ...{ progressFraction: null, estimatedCompletionAt: null, chargedUsd: null, credits: null },
};

type Parts<TGroup> = { [TName in keyof TGroup]: TGroup[TName][keyof TGroup[TName]] }[keyof TGroup];
/** The fields of a video that are told of it. */
type ToldName = Exclude<
  keyof typeof createVideoFields | keyof typeof videoFields,
  (typeof OF_THE_REQUEST)[number] | keyof typeof NOT_TOLD | Parts<typeof GROUPS>
>;

const ERROR_CODES = Object.fromEntries(
  Object.entries(VIDEO_ERROR_CODES).map(([code, description]) => [code, { description }]),
);
const INPUTS = {
  ...createVideoFields,
  aspectRatio: { ...createVideoFields.aspectRatio, values: enumValues.AspectRatio },
  resolution: { ...createVideoFields.resolution, values: enumValues.Resolution },
  personGeneration: { ...createVideoFields.personGeneration, values: enumValues.PersonGeneration },
} satisfies Vocabulary;
const OUTPUTS: Vocabulary = {
  ...without(INPUTS, OF_THE_REQUEST),
  ...videoFields,
  status: { ...videoFields.status, values: enumValues.VideoStatus },
  waitingReason: { ...videoFields.waitingReason, values: enumValues.WaitingReason },
  errorCode: { ...videoFields.errorCode, values: ERROR_CODES },
};
const PARTS = Object.values(GROUPS).flatMap((group) => Object.values(group));
/** Every single thing that the client and the platforms tell of a video, by core's names. */
const TOLD = without(OUTPUTS, [...Object.keys(GROUPS), ...Object.keys(NOT_TOLD)]);

/** By the names that Zapier gives to what has parts. */
const inGroups = (words: Vocabulary): Vocabulary => ({
  ...without(words, PARTS),
  ...Object.fromEntries(
    Object.entries(GROUPS).flatMap(([group, parts]) =>
      Object.entries(parts).map(([part, name]) => [`${group}__${part}`, words[name] ?? {}]),
    ),
  ),
});

const each = (words: Vocabulary, change: (one: Words, name: string) => Words): Vocabulary =>
  Object.fromEntries(Object.entries(words).map(([name, one]) => [name, change(one, name)]));
const withSamples = (words: Vocabulary, samples: Readonly<Record<string, unknown>>): Vocabulary =>
  each(words, (one, name) => (name in samples ? { ...one, sample: samples[name] } : one));
/** The values of a choice of numbers have no words but the numbers. */
const withoutNumbers = (words: Vocabulary): Vocabulary =>
  each(words, (one, name) => (name === "durationSeconds" ? { ...one, values: undefined } : one));
const withoutSamples = (words: Vocabulary) => each(words, (one) => ({ ...one, sample: undefined }));
const withoutLabels = (words: Vocabulary) => each(words, (one) => ({ ...one, label: undefined }));

describe("GraphQL, the client and React", () => {
  test("createVideo takes what core says", () => {
    expectTypeOf<keyof CreateVideoInput>().toEqualTypeOf<keyof typeof createVideoFields>();
    expect(differences(fieldsOf("CreateVideoInput"), INPUTS)).toEqual([]);
  });

  test("a video tells what core says", () => {
    expect(differences(fieldsOf("Video"), without(OUTPUTS, PARTS))).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, keyof typeof videoFields>>]>([
    ["VideoError", GROUPS.error],
    ["VideoProgress", GROUPS.progress],
    ["VideoCost", GROUPS.cost],
  ])("so does its %s", (type, parts) => {
    const meant = Object.entries(parts).map(([part, name]) => [part, OUTPUTS[name]]);
    expect(differences(fieldsOf(type), Object.fromEntries(meant))).toEqual([]);
  });

  test("the client and React ask for all of it, but what has a reason", () => {
    expectTypeOf<Exclude<keyof Video, "__typename">>().toEqualTypeOf<ToldName>();
    const asked = [
      ...(/fragment VideoFields on Video ?\{(.*)\}/s.exec(String(findVideoDocument))?.[1] ?? "").matchAll(/\w+/g),
    ];
    const names = Object.entries(GROUPS).flatMap(([group, parts]) => [group, ...Object.keys(parts)]);
    expect(asked.map(String).sort()).toEqual([...Object.keys(without(TOLD, PARTS)), ...names].sort());
  });

  test.each(["WebhookEvent", "WebhookDeliveryStatus", "WebhookDisabledReason"] as const)(
    "%s is what core says",
    (name) => {
      expect(differences(valuesOf(name) ?? {}, webhookEnumValues[name])).toEqual([]);
    },
  );
});

describe("Zapier", () => {
  let gateway: RunningMain;
  let authData = { url: "", apiKey: "" };
  beforeAll(async () => {
    gateway = await runMain();
    const url = await gateway.ready;
    const query = 'mutation { createApiKey(input: { name: "zapier", scopes: [VIDEOS_READ] }) { secret } }';
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
    const { data }: { data: { createApiKey: { secret: string } } } = JSON.parse(await answer.text());
    authData = { url, apiKey: data.createApiKey.secret };
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test("steps and triggers are called what core calls them", () => {
    expect(differences(displays, { ...automationSteps, ...automationTriggers })).toEqual([]);
  });

  test("a connection asks for what core says", () => {
    expect(differences(connectionWords, connectionFields)).toEqual([]);
  });

  test.each(["createVideo", "startVideo"])(
    "%s asks for all that createVideo takes, but what has a reason",
    async (key) => {
      const { imageUrl, lastImageUrl, sameInput, externalId, idempotencyKey } = stepFields;
      const ofSteps = { imageUrl, lastImageUrl, sameInput, externalId, idempotencyKey };
      const meant = { ...without(INPUTS, Object.keys(NOT_ASKED_FOR.zapier)), ...ofSteps };
      const said = await stepInputWords(key, authData);
      const { durationSeconds } = said;
      expect(Object.keys(durationSeconds?.values ?? {}).map(Number)).toEqual(DURATIONS_SECONDS);
      expect(differences(withoutNumbers(said), meant)).toEqual([]);
    },
  );

  const trigger = { model: createWebhookFields.filterModel, externalIdPrefix: createWebhookFields.externalIdPrefix };
  const { search, createdAfter, createdBefore, limit } = stepFields;
  const status = { ...stepFields.status, values: enumValues.VideoStatus };
  test.each<[string, Vocabulary]>([
    ["findVideo", { id: stepFields.findById, externalId: stepFields.findByExternalId }],
    ["listVideos", { status, search, createdAfter, createdBefore, limit }],
    ["cancelVideo", { videoId: stepFields.videoId }],
    ["downloadVideo", { videoId: stepFields.videoId }],
    ["videoCompleted", trigger],
    ["videoFailed", trigger],
    ["videoFinished", trigger],
  ])("%s asks in core's words", async (key, meant) => {
    expect(differences(await stepInputWords(key, authData), meant)).toEqual([]);
  });

  const completed = inGroups(withSamples({ ...TOLD, file: stepOutputFields.file }, COMPLETED));
  const failed = inGroups(withSamples({ ...TOLD, file: stepOutputFields.file }, FAILED));
  test.each<[string, Vocabulary]>([
    ["createVideo", { ...completed, reused: stepOutputFields.reused }],
    ["downloadVideo", completed],
    ["findVideo", completed],
    ["videoCompleted", completed],
    ["videoFailed", failed],
    ["videoFinished", completed],
  ])("%s gives all of a video, labelled and with samples as core has them", (key, meant) => {
    expect(differences(stepOutputWords(key), meant)).toEqual([]);
  });

  test.each<[string, Vocabulary]>([
    ["startVideo", { ...completed, reused: stepOutputFields.reused }],
    ["cancelVideo", { ...completed, upstreamMayStillCharge: stepOutputFields.upstreamMayStillCharge }],
  ])("%s gives all of a video that is not finished, labelled as core has it", (key, meant) => {
    expect(differences(withoutSamples(stepOutputWords(key)), meant)).toEqual([]);
  });
});

describe("n8n", () => {
  // Required of every list that is loaded, by n8n's lint; the description is given in part.
  const model = { ...createVideoFields.model, label: `${createVideoFields.model.label} Name or ID` };

  test("a credential asks for what core says", () => {
    expect(differences(credentialWords, connectionFields)).toEqual([]);
  });

  test("operations are described as core describes steps", () => {
    const { createVideo, cancelVideo, downloadVideo, findVideo, listVideos } = automationSteps;
    const meant = {
      create: createVideo,
      cancel: cancelVideo,
      download: downloadVideo,
      get: findVideo,
      getAll: listVideos,
    };
    expect(differences(withoutLabels(operations), meant)).toEqual([]);
  });

  test("Create asks for all that createVideo takes, but what has a reason", () => {
    const { imageField, lastImageField, outputField } = binaryFields;
    const waitMode = { ...waitFields.waitMode, values: automationEnumValues.WaitMode };
    const { deadlineMinutes } = waitFields;
    const ours = { waitMode, deadlineMinutes, imageField, lastImageField, outputField, model };
    const said = operationWords("create");
    const { model: saidModel, durationSeconds } = said;
    const [about] = saidModel?.description?.split(". ") ?? [];
    expect(createVideoFields.model.description.startsWith(`${about}`)).toBe(true);
    expect(Object.keys(durationSeconds?.values ?? {}).map(Number)).toEqual(DURATIONS_SECONDS);
    const meant = { ...without(INPUTS, Object.keys(NOT_ASKED_FOR.n8n)), ...ours };
    expect(differences({ ...withoutNumbers(said), model: { label: saidModel?.label } }, meant)).toEqual([]);
  });

  test("the other operations ask in core's words", () => {
    const { search, createdAfter, createdBefore, findByExternalId: externalId, videoId } = stepFields;
    const { idempotencyKey } = createVideoFields;
    const status = { ...stepFields.status, values: enumValues.VideoStatus };
    const said = without(operationWords("getAll"), ["returnAll", "limit"]);
    expect(differences(said, { search, createdAfter, createdBefore, externalId, idempotencyKey, status })).toEqual([]);
    expect(differences(operationWords("get"), { videoId })).toEqual([]);
    expect(differences(operationWords("cancel"), { videoId })).toEqual([]);
    expect(differences(operationWords("download"), { videoId, outputField: binaryFields.outputField })).toEqual([]);
  });

  test("the trigger asks in core's words", () => {
    const { externalIdPrefix, filterModel, filterSubject } = createWebhookFields;
    const events = { ...createWebhookFields.events, values: webhookEnumValues.WebhookEvent };
    const { downloadFile, outputField } = binaryFields;
    const filter = { externalIdPrefix, model: filterModel, subject: filterSubject };
    expect(differences(triggerWords, { events, ...filter, downloadFile, outputField })).toEqual([]);
  });

  test("an item has all of a video, by core's names", () => {
    const samples = Object.entries(without(OUTPUTS, [...Object.keys(NOT_TOLD), ...PARTS])).map(([name, { sample }]) => [
      name,
      sample,
    ]);
    const completed = withSamples(TOLD, COMPLETED);
    expect(differences(itemOutput(Object.fromEntries(samples)), completed)).toEqual([]);
  });
});
