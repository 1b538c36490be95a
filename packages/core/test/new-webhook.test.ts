import { describe, expect, test } from "vitest";
import { ApiError } from "../src/api-error.ts";
import { VEO_3_1_LITE } from "../src/models.ts";
import { parseNewWebhook } from "../src/new-webhook.ts";
import { WEBHOOK_EVENTS } from "../src/webhook.ts";

const webhook = { url: "https://example.com/hook", events: ["video.finished"] };
const everything = { model: null, externalIdPrefix: null, subject: null };

/** The problems of an input, each with where it is. */
function problems(input: unknown): Record<string, string> {
  try {
    parseNewWebhook(input);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    expect(error.code).toBe("BAD_INPUT");
    return Object.fromEntries(error.issues.map(({ path, message }) => [path.join("."), message]));
  }
  return {};
}

describe("what is left out of a filter, or null, lets everything through", () => {
  test.each([undefined, null, {}, everything])("%j", (filter) => {
    expect(parseNewWebhook({ ...webhook, filter })).toEqual({ ...webhook, filter: everything });
  });
});

test("a filter is kept, with the model's own id", () => {
  const filter = { model: VEO_3_1_LITE.aliases[0], externalIdPrefix: "order-", subject: "user-4711" };
  expect(parseNewWebhook({ ...webhook, filter }).filter).toEqual({ ...filter, model: VEO_3_1_LITE.id });
});

test("events are kept once each, in one order, so that the same webhook is the same", () => {
  const events = [...WEBHOOK_EVENTS, ...WEBHOOK_EVENTS].reverse();
  expect(parseNewWebhook({ ...webhook, events }).events).toEqual(WEBHOOK_EVENTS);
});

test("an external id may begin with up to 255 characters", () => {
  const filter = { externalIdPrefix: "a".repeat(255) };
  expect(parseNewWebhook({ ...webhook, filter }).filter.externalIdPrefix).toHaveLength(255);
});

test.each<[input: unknown, paths: string[]]>([
  [{}, ["url", "events"]],
  [{ ...webhook, url: "example.com" }, ["url"]],
  [{ ...webhook, events: [] }, ["events"]],
  [{ ...webhook, events: "video.finished" }, ["events"]],
  [{ ...webhook, events: ["video.finished", "video.started"] }, ["events.1"]],
  [{ ...webhook, events: ["VIDEO_FINISHED"] }, ["events.0"]],
  [{ ...webhook, secret: "whsec_mine" }, [""]],
  [{ ...webhook, filter: { prompt: "boat" } }, ["filter"]],
  [
    { ...webhook, filter: { model: "veo-9", externalIdPrefix: "", subject: 17 } },
    ["filter.model", "filter.externalIdPrefix", "filter.subject"],
  ],
  [{ ...webhook, filter: { externalIdPrefix: "a".repeat(256) } }, ["filter.externalIdPrefix"]],
  [{ ...webhook, filter: { subject: "a\u0000" } }, ["filter.subject"]],
])("is refused with every problem at once: %.90j", (input, paths) => {
  expect(Object.keys(problems(input))).toEqual(paths);
});

test("problems say what to do", () => {
  expect(problems({ ...webhook, events: [], filter: { model: "veo-9", subject: "" } })).toEqual({
    events: `Give at least one event: ${WEBHOOK_EVENTS.join(", ")}.`,
    "filter.model": `Unknown model. Choose ${VEO_3_1_LITE.id}.`,
    "filter.subject": "The subject must not be empty; leave it out instead.",
  });
});
