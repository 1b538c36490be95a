import type { BudgetKind, BudgetPeriod } from "./budget.ts";

/** The stable codes of `extensions.code` on GraphQL errors, each with what it means and what to do. */
export const API_ERROR_CODES = {
  BAD_INPUT: "The input is not valid. `extensions.issues` lists every problem with its path.",
  UNAUTHENTICATED:
    "The gateway does not know who you are: send `Authorization: Bearer` with an API key or access token that is valid now.",
  FORBIDDEN: "What you sent is valid, and does not allow this. The message says what is missing.",
  NOT_FOUND: "There is no such thing, or it is not yours to see.",
  IDEMPOTENCY_CONFLICT:
    "This idempotency key was used before with another input. Use a new key for a new video, or send the same input.",
  EXTERNAL_ID_TAKEN: "Another video has this external id. Find it with `videos(filter: { externalId })`.",
  VIDEO_ALREADY_FINISHED: "The video is already finished, so there is nothing left to cancel.",
  PRICE_TOO_HIGH: "The video would cost more than `maxUsd`. Nothing was made.",
  PRICE_UNKNOWN:
    "What the video would cost is not known right now, and it is to be held to a price or a budget. Nothing was made. Try again later.",
  BUDGET_EXCEEDED:
    "The video would cost more than a budget has left. Nothing was made. `extensions.budget` says which, when it renews, and, to who may know, what is left.",
  RATE_LIMITED: "Too much at once. Nothing was done. Try again after `extensions.retryAfterSeconds`.",
  FILE_UNAVAILABLE: "A file cannot be had, or an image not be stored, right now. Try again later.",
  IMAGE_INVALID:
    "What was uploaded is not an image that a video can begin or end with. The message says why, and what would be. Nothing was stored.",
  IMAGE_TOO_LARGE: "The image has more bytes, or more pixels, than are taken. Nothing was stored.",
  TOO_MANY_UPLOADS:
    "Too many images were uploaded that no video was made from. Nothing was stored. Make videos from them, or wait until they expire.",
  TOO_MANY_WEBHOOKS:
    "The project has as many webhooks as it can have, or the video as many callbacks. Delete one that is not needed.",
  HOST_NOT_ALLOWED:
    "Without authentication the gateway answers only on loopback: call it by 127.0.0.1 or localhost, with no proxy in between.",
  ORIGIN_NOT_ALLOWED:
    "Web pages of this origin may not use the gateway. Whoever runs it can allow them: see REELWIRE_ALLOWED_ORIGINS.",
  UNAVAILABLE: "The gateway is starting or stopping, or its database is away. Try again in a moment.",
  INTERNAL: "Something went wrong in the gateway. Its log has the cause under the `requestId` given.",
} as const;
export type ApiErrorCode = keyof typeof API_ERROR_CODES;

/** One problem with an input: where, and what to do about it. */
export interface InputIssue {
  /** Field names and indices from the input down to the value. */
  path: readonly (string | number)[];
  message: string;
}

/** What a `BUDGET_EXCEEDED` was refused by. */
export interface ExceededBudget {
  /** What it is a budget of. */
  kind: BudgetKind;
  period: BudgetPeriod;
  /** `null` like `leftUsd`. */
  limitUsd: number | null;
  /**
   * What is neither spent nor held for videos under way, in US dollars; `null` where it is not the caller's to know: who acts for a
   * subject is told the amounts of that subject's budgets only.
   */
  leftUsd: number | null;
  /** When the next period begins. */
  renewsAt: Date;
}

/** What is told of an error besides its message. */
export interface ErrorDetails {
  /** With `RATE_LIMITED`: when the same request may succeed. */
  retryAfterSeconds?: number;
  /** With `BUDGET_EXCEEDED`. */
  budget?: ExceededBudget;
}

/** An error that is meant for the caller: a stable `code`, a message that says what to do, and for `BAD_INPUT` all `issues`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;
  /** Empty unless the code is `BAD_INPUT`. */
  readonly issues: readonly InputIssue[];
  readonly details: ErrorDetails;

  constructor(
    code: ApiErrorCode,
    message: string = API_ERROR_CODES[code],
    issues: readonly InputIssue[] = [],
    { details = {}, ...options }: ErrorOptions & { details?: ErrorDetails } = {},
  ) {
    super(message, options);
    this.code = code;
    this.issues = issues;
    this.details = details;
  }

  /** All problems of one input, in one error. */
  static badInput(issues: readonly InputIssue[]): ApiError {
    const lines = issues.map((issue) =>
      issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message,
    );
    return new ApiError("BAD_INPUT", lines.join(" "), issues);
  }
}
