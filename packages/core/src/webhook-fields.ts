import type { Field } from "./fields.ts";

/** What `createWebhook` takes. */
export const createWebhookFields = {
  url: {
    label: "Webhook URL",
    description: "The http(s) address that is sent a POST. It must be a public one, unless the gateway allows others.",
    sample: "https://example.com/webhooks/reelwire",
  },
  events: {
    label: "Events",
    description: "What to be told of: at least one. `VIDEO_FINISHED` is any of the others.",
    sample: ["VIDEO_FINISHED"],
  },
  filter: {
    label: "Filter",
    description: "Of which videos. Everything given must hold. Default: all that you may see.",
    sample: { model: null, externalIdPrefix: "order-", subject: null },
  },
  filterModel: {
    label: "Model",
    description: "Only videos of this model.",
    sample: "google/veo-3.1-lite-generate-001",
  },
  externalIdPrefix: {
    label: "External ID Begins With",
    description: "Only videos whose external id begins so. 1 to 255 characters.",
    sample: "order-",
  },
  filterSubject: {
    label: "Subject",
    description: "Only videos of this subject, for who sees those of all.",
    sample: "user-4711",
  },
} as const satisfies Record<string, Field>;

/** What a webhook tells of itself. */
export const webhookFields = {
  id: { label: "Webhook ID", description: "Identifies the webhook.", sample: "webhook_01kb3xrg9pf4bs2gq3yj3zc2tm" },
  createdAt: { label: "Created At", description: "When it was made.", sample: "2026-11-22T09:00:00.000Z" },
  failingSince: {
    label: "Failing Since",
    description: "Since when every attempt to deliver to it has failed. Null while it works, or was never tried.",
    sample: null,
  },
  disabledAt: {
    label: "Disabled At",
    description: "When it was switched off: nothing is sent to it since. Null unless it was.",
    sample: null,
  },
  disabledReason: {
    label: "Disabled Reason",
    description: "Why it was switched off; its deliveries tell more. Null unless it was.",
    sample: null,
  },
  deliveries: {
    label: "Recent Deliveries",
    description: "What was sent to it, or is about to be: the newest first.",
    sample: [],
  },
  secret: {
    label: "Secret",
    description:
      "What deliveries are signed with, as Standard Webhooks says: `verifyWebhook` of `@reelwire/core/webhooks` takes it. Keep it as a password.",
    sample: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  },
  previousSecretUntil: {
    label: "Previous Secret Until",
    description: "Until when deliveries are signed with the secret before as well. Null where there was none.",
    sample: "2026-11-23T09:00:00.000Z",
  },
} as const satisfies Record<string, Field>;

/** What a delivery tells of itself. */
export const webhookDeliveryFields = {
  id: {
    label: "Delivery ID",
    description: "Identifies the delivery: its `webhook-id`, the same at every attempt.",
    sample: "delivery_01kb3xrg9pf4bs2gq3yj3zc2tm",
  },
  webhookId: {
    label: "Webhook ID",
    description: "The webhook it is of. Null: it is sent to a `callbackUrl`.",
    sample: "webhook_01kb3xrg9pf4bs2gq3yj3zc2tm",
  },
  url: {
    label: "Delivery URL",
    description: "Where it is sent.",
    sample: "https://example.com/webhooks/reelwire",
  },
  event: { label: "Event", description: "What it tells of.", sample: "VIDEO_COMPLETED" },
  videoId: {
    label: "Video ID",
    description: "The video it tells of.",
    sample: "video_01kaqg3v7hf0ctq9x2d3s8g4rn",
  },
  status: { label: "Delivery Status", description: "Where the delivery is on its way.", sample: "DELIVERED" },
  createdAt: {
    label: "Created At",
    description: "When there was something to tell: in one with the video's end.",
    sample: "2026-11-22T09:00:58.110Z",
  },
  nextAttemptAt: {
    label: "Next Attempt At",
    description: "When it is tried again, or about when. Null unless it is `PENDING`.",
    sample: null,
  },
  finishedAt: {
    label: "Finished At",
    description: "When it was delivered or given up. Null while it is `PENDING`.",
    sample: "2026-11-22T09:00:58.320Z",
  },
  attempts: { label: "Attempts", description: "Every attempt, in order.", sample: [] },
  number: { label: "Attempt", description: "Counts the attempts, from 1.", sample: 1 },
  at: { label: "Attempted At", description: "When it began.", sample: "2026-11-22T09:00:58.200Z" },
  durationMs: { label: "Duration (ms)", description: "How long it took, in milliseconds.", sample: 120 },
  statusCode: {
    label: "Status Code",
    description: "The HTTP status that the receiver answered. Null where none came.",
    sample: 200,
  },
  errorCode: {
    label: "Error Code",
    description: "Why it failed: a stable code. Null where it was delivered.",
    sample: null,
  },
  errorMessage: {
    label: "Error Message",
    description: "What went wrong, for people. Null where it was delivered.",
    sample: null,
  },
  responseBody: {
    label: "Response",
    description:
      "The beginning of what the receiver answered, at most 1,000 characters. Null where it answered nothing.",
    sample: "ok",
  },
} as const satisfies Record<string, Field>;

/** What each value of an enum about webhooks means. */
export const webhookEnumValues = {
  WebhookEvent: {
    VIDEO_COMPLETED: { label: "Video Completed", description: "A video is completed: `video.completed`." },
    VIDEO_FAILED: { label: "Video Failed", description: "A video has failed: `video.failed`." },
    VIDEO_CANCELED: { label: "Video Canceled", description: "A video was canceled: `video.canceled`." },
    VIDEO_FINISHED: {
      label: "Video Finished",
      description: "Any of the others. The payload says which; none is ever sent as `video.finished`.",
    },
  },
  WebhookDeliveryStatus: {
    PENDING: { label: "Pending", description: "It is being sent, or will be again." },
    DELIVERED: { label: "Delivered", description: "The receiver answered 2xx." },
    FAILED: {
      label: "Failed",
      description: "Given up: after two days, or since the receiver said 410. `redeliverWebhook` tries it again.",
    },
  },
  WebhookDisabledReason: {
    FAILING: { label: "Failing", description: "Every attempt failed for three days." },
    GONE: { label: "Gone", description: "The receiver answered 410: it wants no more." },
  },
} as const satisfies Record<string, Record<string, { label: string; description: string }>>;
