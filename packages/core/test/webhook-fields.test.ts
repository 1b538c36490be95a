import { describe, expect, test } from "vitest";
import type { Field } from "../src/fields.ts";
import { parseNewWebhook } from "../src/new-webhook.ts";
import { FINAL_STATUSES } from "../src/video.ts";
import { videoIdToUuid } from "../src/video-id.ts";
import {
  WEBHOOK_DELIVERY_STATUSES,
  WEBHOOK_DISABLED_REASONS,
  WEBHOOK_EVENT_NAMES,
  WEBHOOK_EVENT_TYPES,
  WEBHOOK_EVENTS,
  webhookEventType,
} from "../src/webhook.ts";
import { createWebhookFields, webhookDeliveryFields, webhookEnumValues, webhookFields } from "../src/webhook-fields.ts";
import { deliveryIdFromUuid, deliveryIdToUuid, newWebhookId } from "../src/webhook-id.ts";

const lists: Record<string, Record<string, Field>> = { createWebhookFields, webhookFields, webhookDeliveryFields };
const fields = Object.entries(lists).flatMap(([list, all]) =>
  Object.entries(all).map(([name, field]): [string, Field] => [`${list}.${name}`, field]),
);
const sentences = /^[A-Z`0-9].*\.$/s;

test.each(fields)("%s has a label, a description and a sample", (_, field) => {
  expect(field.label).toMatch(/^[A-Z]/);
  expect(field.description).toMatch(sentences);
  expect(JSON.parse(JSON.stringify(field.sample))).toEqual(field.sample);
});

test.each(Object.entries(lists))("no label of %s is given twice", (_, list) => {
  const labels = Object.values(list).map(({ label }) => label);
  expect(labels.filter((label, index) => labels.indexOf(label) !== index)).toEqual([]);
});

test("the sample of a webhook is one that can be made", () => {
  const { url, events, filter } = createWebhookFields;
  const eventOf = (name: string) => WEBHOOK_EVENTS.find((event) => WEBHOOK_EVENT_NAMES[event] === name);
  const made = parseNewWebhook({ url: url.sample, events: events.sample.map(eventOf), filter: filter.sample });
  expect(made).toEqual({ url: url.sample, events: ["video.finished"], filter: filter.sample });
});

test("ids in samples are ids", () => {
  expect(webhookFields.id.sample).toMatch(/^webhook_[0-9a-z]{26}$/);
  expect(webhookDeliveryFields.webhookId.sample).toBe(webhookFields.id.sample);
  expect(deliveryIdToUuid(webhookDeliveryFields.id.sample)).not.toBeNull();
  expect(videoIdToUuid(webhookDeliveryFields.videoId.sample)).not.toBeNull();
});

describe("ids", () => {
  test("of webhooks are new each time, and sort by when they were made", () => {
    const ids = Array.from({ length: 100 }, newWebhookId);
    expect(new Set(ids).size).toBe(100);
    expect(ids.toSorted()).toEqual(ids);
  });

  test("of deliveries are UUIDs, and nothing else is", () => {
    const uuid = "019ac7dc-c136-78d7-95c0-0e378ff7e11a";
    const id = deliveryIdFromUuid(uuid);
    expect(id).toMatch(/^delivery_[0-9a-z]{26}$/);
    expect(deliveryIdToUuid(id)).toBe(uuid);
    for (const other of ["", uuid, newWebhookId(), id.toUpperCase(), `${id}a`])
      expect(deliveryIdToUuid(other)).toBeNull();
  });
});

describe("enum values", () => {
  const vocabulary: Record<keyof typeof webhookEnumValues, readonly string[]> = {
    WebhookEvent: WEBHOOK_EVENTS.map((event) => WEBHOOK_EVENT_NAMES[event]),
    WebhookDeliveryStatus: WEBHOOK_DELIVERY_STATUSES,
    WebhookDisabledReason: WEBHOOK_DISABLED_REASONS,
  };

  test.each(Object.entries(webhookEnumValues))(
    "of %s are the vocabulary's, in its order, each described",
    (name, values) => {
      expect(Object.keys(values)).toEqual(vocabulary[name as keyof typeof vocabulary]);
      for (const { label, description } of Object.values(values)) {
        expect(label).toMatch(/^[A-Z]/);
        expect(description).toMatch(sentences);
      }
    },
  );

  test("every way in which a video ends is told of", () => {
    expect(FINAL_STATUSES.map(webhookEventType)).toEqual(WEBHOOK_EVENT_TYPES);
  });
});
