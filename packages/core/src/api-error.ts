/** The stable codes of `extensions.code` on GraphQL errors, each with what it means and what to do. */
export const API_ERROR_CODES = {
  BAD_INPUT: "The input is not valid. `extensions.issues` lists every problem with its path.",
  NOT_FOUND: "There is no such video, or it is not yours to see.",
  IDEMPOTENCY_CONFLICT:
    "This idempotency key was used before with another input. Use a new key for a new video, or send the same input.",
  EXTERNAL_ID_TAKEN: "Another video has this external id. Find it with `videos(filter: { externalId })`.",
  VIDEO_ALREADY_FINISHED: "The video is already finished, so there is nothing left to cancel.",
  FILE_UNAVAILABLE: "The video is completed, and its file cannot be had right now. Try again later.",
  HOST_NOT_ALLOWED:
    "Without authentication the gateway answers only on loopback: call it by 127.0.0.1 or localhost, with no proxy in between.",
  ORIGIN_NOT_ALLOWED: "Without authentication the gateway refuses web pages from other origins than its own.",
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

/** An error that is meant for the caller: a stable `code`, a message that says what to do, and for `BAD_INPUT` all `issues`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ApiErrorCode;
  /** Empty unless the code is `BAD_INPUT`. */
  readonly issues: readonly InputIssue[];

  constructor(
    code: ApiErrorCode,
    message: string = API_ERROR_CODES[code],
    issues: readonly InputIssue[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.issues = issues;
  }

  /** All problems of one input, in one error. */
  static badInput(issues: readonly InputIssue[]): ApiError {
    const lines = issues.map((issue) =>
      issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message,
    );
    return new ApiError("BAD_INPUT", lines.join(" "), issues);
  }
}
