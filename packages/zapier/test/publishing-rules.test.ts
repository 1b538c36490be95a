import { expect, test } from "vitest";
import app from "../src/index.ts";
import { publishingProblems } from "./publishing-rules.ts";

test("the integration may be published", () => {
  expect(publishingProblems(app)).toEqual([]);
});

const CREATE = "creates.createVideo";
const TRIGGER = "triggers.videoCompleted";
const SAMPLE = `${CREATE}.operation.sample`;
const VIDEO_ID = "creates.cancelVideo.operation.inputFields.0";

/** A rule, what breaks it, and what is said about it. */
const rules: [rule: string, changes: Record<string, unknown>, problem: string | RegExp][] = [
  ["the platform's version", { platformVersion: "18.0.0" }, /^platformVersion: must be \d/],
  ["a link to help", { "authentication.fields.1.helpText": "A key." }, /^authentication: no field links to help/],
  ["no link without https", { "authentication.fields.1.helpText": "A [key](http://example.com)." }, /links to help/],
  ["a test of the connection", { "authentication.test": undefined }, "authentication: there is no test"],
  [
    "a connection label",
    { "authentication.connectionLabel": undefined },
    "authentication: there is no connection label",
  ],
  [
    "a label that is no secret",
    { "authentication.connectionLabel": "{{bundle.authData.apiKey}}" },
    "authentication: the connection label shows apiKey",
  ],
  ["secrets that are hidden", { "authentication.fields.1.type": "string" }, /apiKey must be of the type password$/],
  [
    "addresses with https",
    { "authentication.fields.0.placeholder": "http://example.com" },
    /url names an address without/,
  ],
  ["a search", { searches: {} }, "searches: there must be one"],
  [
    "titles of steps",
    { [`${CREATE}.display.label`]: "Create video" },
    /the label "Create video" is not in Title Case$/,
  ],
  ["a title", { [`${CREATE}.display.label`]: undefined }, /the label "undefined" is not in Title Case$/],
  ["nouns", { [`${CREATE}.noun`]: "video" }, /the noun "video" is not in Title Case$/],
  ["what triggers", { [`${TRIGGER}.display.description`]: "A video is completed." }, /must be “Triggers when … .”$/],
  ["a full stop", { [`${TRIGGER}.display.description`]: "Triggers when a video is completed" }, /“Triggers when … .”$/],
  ["what is searched", { "searches.findVideo.display.description": "Searches videos." }, /must be “Finds … .”$/],
  ["what is done", { [`${CREATE}.display.description`]: "Make a video." }, /must be sentences that say what it does/],
  ["a list beside a hook", { [`${TRIGGER}.operation.performList`]: undefined }, `${TRIGGER}: there is no performList`],
  [
    "to subscribe",
    { [`${TRIGGER}.operation.performSubscribe`]: undefined },
    `${TRIGGER}: there is no performSubscribe`,
  ],
  [
    "to unsubscribe",
    { [`${TRIGGER}.operation.performUnsubscribe`]: undefined },
    `${TRIGGER}: there is no performUnsubscribe`,
  ],
  ["a sample", { [SAMPLE]: undefined }, `${CREATE}: there is no sample`],
  ["a sample with something in it", { [SAMPLE]: {} }, `${CREATE}: there is no sample`],
  ["a whole sample", { [`${SAMPLE}.url`]: undefined }, `${CREATE}: the sample lacks url`],
  ["a sample whole inside", { [`${SAMPLE}.cost`]: { credits: 1 } }, `${CREATE}: the sample lacks cost__estimatedUsd`],
  [
    "nothing undescribed",
    { [`${SAMPLE}.extra`]: 1 },
    `${CREATE}: the sample has extra, which no output field describes`,
  ],
  ["types", { [`${SAMPLE}.durationSeconds`]: "8" }, `${CREATE}: the sample's durationSeconds is no integer`],
  [
    "zones",
    { [`${SAMPLE}.createdAt`]: "2026-11-22T09:00:00" },
    `${CREATE}: the sample's createdAt is no ISO date with a zone`,
  ],
  [
    "ISO dates",
    { [`${SAMPLE}.createdAt`]: "22 November 2026" },
    `${CREATE}: the sample's createdAt is no ISO date with a zone`,
  ],
  [
    "https in samples",
    { [`${SAMPLE}.url`]: "http://example.com/" },
    `${CREATE}: the sample's url is an address without https`,
  ],
  [
    "a primary key",
    { [`${TRIGGER}.operation.outputFields.0.primary`]: false },
    `${TRIGGER}: no output field is the primary key`,
  ],
  [
    "labels of outputs",
    { [`${TRIGGER}.operation.outputFields.1.label`]: undefined },
    `${TRIGGER}: the label "undefined" of the output status is not in Title Case`,
  ],
  [
    "dropdowns for ids",
    { [`${VIDEO_ID}.dynamic`]: undefined },
    "creates.cancelVideo: videoId is an id without a dropdown",
  ],
  [
    "searches for ids",
    { [`${VIDEO_ID}.search`]: undefined },
    "creates.cancelVideo: videoId is an id that no search is offered for",
  ],
  [
    "dropdowns that are there",
    { [`${VIDEO_ID}.dynamic`]: "someVideos.id.name" },
    "creates.cancelVideo: videoId refers to someVideos.id.name, which is not there",
  ],
  [
    "fields of dropdowns that are there",
    { [`${VIDEO_ID}.dynamic`]: "videoChoices.id.title" },
    "creates.cancelVideo: videoId refers to videoChoices.id.title, which is not there",
  ],
  [
    "searches that are there",
    { [`${VIDEO_ID}.search`]: "findVideo.name" },
    "creates.cancelVideo: videoId refers to findVideo.name, which is not there",
  ],
  [
    "dropdowns that are used",
    { [`${VIDEO_ID}.dynamic`]: "videoChoices.id.name" },
    "triggers.unfinishedVideoChoices: it is hidden, and no dropdown uses it",
  ],
  ["no secrets in steps", { [`${VIDEO_ID}.key`]: "apiKey" }, "creates.cancelVideo: apiKey belongs to the connection"],
  ["help for fields", { [`${VIDEO_ID}.helpText`]: undefined }, /videoId has no help text of whole sentences$/],
  [
    "titles of fields",
    { [`${VIDEO_ID}.label`]: "the video" },
    /the label "the video" of videoId is not in Title Case$/,
  ],
  [
    "labels of their own",
    { "searches.findVideo.operation.inputFields.1.label": "Video ID" },
    'searches.findVideo: the label "Video ID" is there twice',
  ],
];

test.each(rules)("%s", (_, changes, problem) => {
  using changed = new DisposableStack();
  for (const [path, value] of Object.entries(changes)) changed.defer(change(path, value));
  expect(publishingProblems(app)).toContainEqual(
    typeof problem === "string" ? problem : expect.stringMatching(problem),
  );
});

/** Changes the integration at one place, or takes away what is there. @returns changes it back */
function change(path: string, value: unknown): () => void {
  const names = path.split(".");
  const last = names.pop() ?? "";
  let at: object = app;
  for (const name of names) at = Reflect.get(at, name);
  const before = Reflect.getOwnPropertyDescriptor(at, last);
  if (value === undefined) Reflect.deleteProperty(at, last);
  else Reflect.set(at, last, value);
  return () => {
    if (before === undefined) Reflect.deleteProperty(at, last);
    else Reflect.defineProperty(at, last, before);
  };
}
