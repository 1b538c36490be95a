import type {
  WebhookDeliveryStatus,
  WebhookDisabledReason,
  WebhookErrorCode,
  WebhookEvent,
  WebhookEventType,
  WebhookFilter,
} from "@reelwire/core";
import type { Viewer } from "../viewer.ts";

/** Somebody else's address that is told how videos end. */
export interface Webhook {
  /** `webhook_` and 26 characters. */
  id: string;
  url: string;
  /** In the order of `WEBHOOK_EVENTS`. */
  events: readonly WebhookEvent[];
  filter: WebhookFilter;
  createdAt: Date;
  /** Since when every attempt has failed; `null` while it works, or was never tried. */
  failingSince: Date | null;
  /** When it was switched off; nothing is sent to it since. */
  disabledAt: Date | null;
  disabledReason: WebhookDisabledReason | null;
}

/** One POST to a receiver. */
export interface WebhookAttempt {
  /** From 1. */
  number: number;
  at: Date;
  durationMs: number;
  /** `null`: no answer came. */
  statusCode: number | null;
  /** `null`: delivered. */
  errorCode: WebhookErrorCode | null;
  errorMessage: string | null;
  /** The beginning of the answer, at most 1,000 characters; `null`: nothing. */
  responseBody: string | null;
}

/** One thing to be told to one receiver, and every attempt to. */
export interface WebhookDelivery {
  /** `delivery_` and 26 characters: the `webhook-id` of every attempt. */
  id: string;
  /** `null`: to a `callbackUrl`. */
  webhookId: string | null;
  url: string;
  event: WebhookEventType;
  videoId: string;
  status: WebhookDeliveryStatus;
  createdAt: Date;
  /** `null` unless `PENDING`. */
  nextAttemptAt: Date | null;
  finishedAt: Date | null;
  attempts: readonly WebhookAttempt[];
}

/** Which deliveries to list. Everything given must hold. */
export interface WebhookDeliveryFilter {
  webhookId?: string;
  videoId?: string;
  status?: WebhookDeliveryStatus;
}

/** A secret that deliveries are signed with, and until when the one before is used as well. */
export interface RotatedSecret {
  /** `whsec_` and base64. */
  secret: string;
  /** `null`: there was none before. */
  previousSecretUntil: Date | null;
}

/**
 * The webhooks of projects. A viewer of a subject has those of that subject, which are told of its videos; one of a whole project has
 * all of the project's, and those it makes are told of all subjects' videos.
 */
export interface Webhooks {
  /**
   * Makes a webhook. The same input again gives the same webhook, and its secret, so that it is safe to repeat.
   *
   * @throws {ApiError} `BAD_INPUT` where the address may not be sent to; `TOO_MANY_WEBHOOKS`
   */
  create(viewer: Viewer, input: unknown): Promise<{ webhook: Webhook; secret: string; reused: boolean }>;
  /** All that the viewer may see, the newest first. */
  list(viewer: Viewer): Promise<Webhook[]>;
  /** `null` where there is none, or it is not the viewer's. */
  find(viewer: Viewer, id: string): Promise<Webhook | null>;
  /** Ends a webhook; what is on its way to it is not sent. @throws {ApiError} `NOT_FOUND` */
  delete(viewer: Viewer, id: string): Promise<Webhook>;
  /** Switches a webhook on again that was switched off. @throws {ApiError} `NOT_FOUND` */
  enable(viewer: Viewer, id: string): Promise<Webhook>;
  /**
   * Makes a new secret: of a webhook, or with `null` the project's, which callbacks are signed with. For a day deliveries are
   * signed with the one before as well.
   *
   * @throws {ApiError} `NOT_FOUND`; `FORBIDDEN` for a subject that asks for the project's
   */
  rotateSecret(viewer: Viewer, id: string | null): Promise<RotatedSecret>;
  /** Deliveries that the viewer may see, to callbacks as well, the newest first. @param limit most to answer */
  deliveries(viewer: Viewer, filter: WebhookDeliveryFilter, limit: number): Promise<WebhookDelivery[]>;
  /** Tries a delivery again, at once, whatever became of it, and for two days if need be. @throws {ApiError} `NOT_FOUND` */
  redeliver(viewer: Viewer, deliveryId: string): Promise<WebhookDelivery>;
}
