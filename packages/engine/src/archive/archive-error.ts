/** The stable codes of `ArchiveError`, each with its meaning. */
export const ARCHIVE_ERROR_CODES = {
  ARCHIVE_KEY_INVALID: "The key is not one that a file can be stored under.",
  ARCHIVE_FULL: "There is no space left, or a quota is used up.",
  ARCHIVE_NOT_WRITABLE: "The archive's directory or bucket is missing, read-only or not ours.",
  ARCHIVE_FAILED: "The storage failed in another way.",
} as const;
export type ArchiveErrorCode = keyof typeof ARCHIVE_ERROR_CODES;

/** Why the archive could not do what was asked. The message names no path and no key. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  readonly code: ArchiveErrorCode;
  /** Whether the same may succeed later: everything but a wrong key, since operators free space and mend mounts and rights. */
  readonly retryable: boolean;

  constructor(code: ArchiveErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = code !== "ARCHIVE_KEY_INVALID";
  }
}
