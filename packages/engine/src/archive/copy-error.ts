/** The stable codes of `CopyError`, each with its meaning. */
export const COPY_ERROR_CODES = {
  SOURCE_EXPIRED: "The upstream's address no longer gives the file.",
  SOURCE_UNAVAILABLE: "The upstream's host answers with an error that may pass.",
  SOURCE_REFUSED: "The upstream's host answers with something else than the file.",
  BROKE_OFF: "The file ended before it was complete.",
  NOT_A_VIDEO: "The file is not an MP4 with a picture in it.",
} as const;
export type CopyErrorCode = keyof typeof COPY_ERROR_CODES;

// NOT_A_VIDEO among them: hosts send error pages with status 200, and looking again costs less than losing the video.
const RETRYABLE: ReadonlySet<CopyErrorCode> = new Set(["SOURCE_UNAVAILABLE", "BROKE_OFF", "NOT_A_VIDEO"]);

/** Why a finished file could not be copied, where neither the network nor the archive is at fault. */
export class CopyError extends Error {
  override readonly name = "CopyError";
  readonly code: CopyErrorCode;
  /** Whether copying again later may succeed. */
  readonly retryable: boolean;

  constructor(code: CopyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = RETRYABLE.has(code);
  }
}
