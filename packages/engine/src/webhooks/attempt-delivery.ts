import { toStorableText, type WebhookErrorCode } from "@reelwire/core";
import { signWebhook } from "@reelwire/core/webhooks";
import { GuardedFetchError, guardedPost, type PostResponse } from "../guarded-fetch.ts";
import type { ReceiverNetwork } from "./receiver-address.ts";

/** How long one attempt may take, in milliseconds. */
export interface AttemptLimits {
  /** From the request to the head of the answer; connecting, and looking for the name, may each take as long. */
  webhookAnswerMs: number;
  /** For all of it, with the body of the answer. */
  webhookAttemptMs: number;
}

/** What is sent. */
export interface AttemptRequest {
  url: string;
  /** The `webhook-id`, the same at every attempt. */
  webhookId: string;
  body: string;
  secrets: readonly string[];
}

/** How an attempt went. */
export interface AttemptOutcome {
  at: Date;
  durationMs: number;
  statusCode: number | null;
  /** `null`: delivered. */
  errorCode: WebhookErrorCode | null;
  errorMessage: string | null;
  responseBody: string | null;
  /** How long the receiver asks to be left alone, in milliseconds; `null`: it does not. */
  retryAfterMs: number | null;
}

/** Characters of an answer that are kept, and bytes of it that are read: up to four a character. */
const KEPT_CHARACTERS = 1_000;
const READ_BYTES = 4 * KEPT_CHARACTERS;

/**
 * Sends one signed POST, once.
 *
 * @param signal ends it
 * @throws the signal's reason
 */
export async function attemptDelivery(
  network: ReceiverNetwork,
  limits: AttemptLimits,
  { url, webhookId, body, secrets }: AttemptRequest,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const at = new Date();
  const startedAt = performance.now();
  const headers = {
    ...signWebhook(webhookId, at, body, secrets),
    "content-type": "application/json",
    "user-agent": "reelwire-webhooks",
  };
  const outcome = await guardedPost(
    url,
    { headers, body },
    {
      ...network,
      readBytes: READ_BYTES,
      connectTimeoutMs: limits.webhookAnswerMs,
      headersTimeoutMs: limits.webhookAnswerMs,
      idleTimeoutMs: limits.webhookAttemptMs,
      totalTimeoutMs: limits.webhookAttemptMs,
      signal,
    },
  ).then(answered, (error: unknown) => {
    if (error instanceof GuardedFetchError) return unanswered(error);
    throw error;
  });
  return { at, durationMs: Math.round(performance.now() - startedAt), ...outcome };
}

type Outcome = Omit<AttemptOutcome, "at" | "durationMs">;

function answered({ status, headers, body }: PostResponse): Outcome {
  const told = {
    statusCode: status,
    responseBody: keptText(headers["content-encoding"], body),
    retryAfterMs: retryAfterMs(headers["retry-after"]),
  };
  if (status >= 200 && status <= 299) return { ...told, errorCode: null, errorMessage: null };
  if (status === 410) return { ...told, errorCode: "GONE", errorMessage: "It answered 410: it wants no more of this." };
  if (status >= 300 && status <= 399 && status !== 304) {
    return {
      ...told,
      errorCode: "REDIRECTED",
      errorMessage: `It answered ${status}, a redirect, which is not followed.`,
    };
  }
  return { ...told, errorCode: "BAD_STATUS", errorMessage: `It answered ${status}.` };
}

function unanswered({ code, message }: GuardedFetchError): Outcome {
  const errorCode = code === "ADDRESS_NOT_ALLOWED" || code === "TIMED_OUT" ? code : "UNREACHABLE";
  return { statusCode: null, responseBody: null, retryAfterMs: null, errorCode, errorMessage: message };
}

function keptText(encoding: string | undefined, body: Uint8Array): string | null {
  if (body.length === 0) return null;
  if (encoding !== undefined && encoding !== "identity") return null;
  // The last character may have been cut in two, by bytes or by length.
  return toStorableText(new TextDecoder().decode(body, { stream: true }))
    .slice(0, KEPT_CHARACTERS)
    .toWellFormed();
}

function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined) return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) || ms <= 0 ? null : ms;
}
