import type { FinalStatus } from "./video.ts";

/** What a webhook can be told of, as it stands in the payload: how a video ended. */
export const WEBHOOK_EVENT_TYPES = ["video.completed", "video.failed", "video.canceled"] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** What a webhook can ask to be told of. `video.finished` is any of the others. */
export const WEBHOOK_EVENTS = [...WEBHOOK_EVENT_TYPES, "video.finished"] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Each as GraphQL can spell it. */
export const WEBHOOK_EVENT_NAMES = {
  "video.completed": "VIDEO_COMPLETED",
  "video.failed": "VIDEO_FAILED",
  "video.canceled": "VIDEO_CANCELED",
  "video.finished": "VIDEO_FINISHED",
} as const satisfies Record<WebhookEvent, string>;

/** What a video that ended in this status is told as. */
export function webhookEventType(status: FinalStatus): WebhookEventType {
  switch (status) {
    case "COMPLETED":
      return "video.completed";
    case "FAILED":
      return "video.failed";
    case "CANCELED":
      return "video.canceled";
  }
}

/** Where a delivery is on its way. */
export const WEBHOOK_DELIVERY_STATUSES = ["PENDING", "DELIVERED", "FAILED"] as const;
export type WebhookDeliveryStatus = (typeof WEBHOOK_DELIVERY_STATUSES)[number];

/** Why a webhook was switched off. */
export const WEBHOOK_DISABLED_REASONS = ["FAILING", "GONE"] as const;
export type WebhookDisabledReason = (typeof WEBHOOK_DISABLED_REASONS)[number];

/** Why an attempt to deliver failed, each with its meaning. */
export const WEBHOOK_ERROR_CODES = {
  BAD_STATUS: "The receiver answered with a status other than 2xx. It is tried again later.",
  GONE: "The receiver answered 410: it wants no more of this. Not tried again; a webhook is switched off.",
  REDIRECTED:
    "The receiver redirects, which is not followed: give the address it redirects to. It is tried again later.",
  ADDRESS_NOT_ALLOWED:
    "The receiver's host is at a private, loopback or link-local address. It is tried again later; whoever runs the gateway can allow private and loopback ones with `REELWIRE_ALLOW_PRIVATE_ADDRESSES`.",
  UNREACHABLE:
    "The name was not found, the connection was refused, or no HTTP answer came of it. It is tried again later.",
  TIMED_OUT: "The receiver did not answer in time. It is tried again later.",
} as const;
export type WebhookErrorCode = keyof typeof WEBHOOK_ERROR_CODES;

/** Most webhooks that a project can have. */
export const MAX_WEBHOOKS = 100;
