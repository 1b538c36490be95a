import { createWebhookFields, type FinalStatus } from "@reelwire/core";
import {
  createWebhookDocument,
  deleteWebhookDocument,
  findVideoDocument,
  listVideosDocument,
  ReelwireError,
  type Video,
  type WebhookEvent,
} from "@reelwire/core/operations";
import { type Bundle, defineInputFields, defineTrigger, type ZObject } from "zapier-platform-core";
import { ask, askPlainly } from "../ask-gateway.ts";
import { asZapierError } from "../refusal.ts";
import { videoOutputFields } from "../video-fields.ts";
import { worded } from "../video-input-fields.ts";
import { videoOutput } from "../video-output.ts";

/** Of which videos a trigger is told. */
interface Wanted extends Record<string, unknown> {
  model?: string;
  externalIdPrefix?: string;
}

/** What a trigger is made of. */
export interface FinishedTrigger<TKey extends string> {
  key: TKey;
  display: { label: string; description: string };
  event: WebhookEvent;
  /** How a video must have ended. */
  statuses: readonly FinalStatus[];
  sample: Record<string, unknown>;
}

/** What the gateway is asked for as long as the Zap is on. */
interface Subscription {
  id: string;
}

/** The gateway tries to deliver for two days, and redelivers when asked to: after three, the same is meant again. */
const REMEMBERED_SECONDS = 3 * 24 * 60 * 60;

/** How many videos are shown to choose from while a Zap is made. */
const SHOWN = 10;

const inputFields = defineInputFields([
  { key: "model", ...worded(createWebhookFields.filterModel), dynamic: "modelChoices.id.name" },
  { key: "externalIdPrefix", ...worded(createWebhookFields.externalIdPrefix) },
]);

/** A trigger that the gateway calls when a video is finished. */
export function finishedTrigger<const TKey extends string>({
  key,
  display,
  event,
  statuses,
  sample,
}: FinishedTrigger<TKey>) {
  const isWanted = ({ status, model, externalId }: Video, wanted: Wanted) =>
    statuses.some((one) => one === status) &&
    (!wanted.model || model === wanted.model) &&
    (!wanted.externalIdPrefix || (externalId ?? "").startsWith(wanted.externalIdPrefix));

  async function performSubscribe(z: ZObject, bundle: Bundle<Wanted>): Promise<Subscription> {
    const { model, externalIdPrefix } = bundle.inputData;
    const input = { url: bundle.targetUrl ?? "", events: [event], filter: { model, externalIdPrefix } };
    const { createWebhook } = await ask(z, bundle, createWebhookDocument, { input });
    return { id: createWebhook.webhook.id };
  }

  /** One that is gone already, as when somebody deleted it by hand, is what is wanted. */
  async function performUnsubscribe(z: ZObject, bundle: Bundle<Wanted>): Promise<object> {
    const { id } = bundle.subscribeData ?? {};
    if (id === undefined) return {};
    try {
      const { deleteWebhook } = await askPlainly(z, bundle, deleteWebhookDocument, { id });
      return { id: deleteWebhook.webhook.id };
    } catch (error) {
      if (error instanceof ReelwireError && error.code === "NOT_FOUND") return { id };
      throw asZapierError(z, error);
    }
  }

  /**
   * Whoever called, the gateway is asked. To check the signature instead would need the body byte for byte, which Zapier does not promise; and
   * so the trigger gives exactly what `performList` gives, with an address of the file that is good now.
   */
  async function perform(z: ZObject, bundle: Bundle<Wanted>) {
    const id = toldId(bundle.cleanedRequest);
    if (id === null) return [];
    const { video } = await ask(z, bundle, findVideoDocument, { id });
    if (video === null || !isWanted(video, bundle.inputData)) return [];
    return (await isNew(z, bundle, video)) ? [videoOutput(z, video)] : [];
  }

  async function performList(z: ZObject, bundle: Bundle<Wanted>) {
    const { videos } = await ask(z, bundle, listVideosDocument, { first: 100, filter: { status: statuses } });
    const wanted = videos.nodes.filter((video) => isWanted(video, bundle.inputData));
    return wanted.slice(0, SHOWN).map((video) => videoOutput(z, video));
  }

  return defineTrigger({
    key,
    noun: "Video",
    display,
    operation: {
      type: "hook",
      inputFields,
      performSubscribe,
      performUnsubscribe,
      perform,
      performList,
      outputFields: videoOutputFields,
      sample,
    },
  });
}

/** The id of the video that a call tells of. Where Zapier has put the body is not always the same. */
function toldId(request: unknown): string | null {
  for (const body of [request, at(request, "content")]) {
    const id = at(at(body, "data"), "id");
    if (typeof id === "string") return id;
  }
  return null;
}

function at(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/**
 * Whether this Zap has not been told of the video before: a delivery may come more than once, and Zapier does not drop what comes by a hook
 * twice. Where that cannot be known, it is told.
 */
async function isNew(z: ZObject, { subscribeData }: Bundle<Wanted>, { id }: Video): Promise<boolean> {
  if (subscribeData === undefined) return true;
  try {
    const remembered = await z.cache.set(`told:${subscribeData.id}:${id}`, true, REMEMBERED_SECONDS, ["auth"], true);
    return remembered !== false;
  } catch (error) {
    z.console.log(`Whether the Zap was told of ${id} before cannot be known: ${error}`);
    return true;
  }
}
