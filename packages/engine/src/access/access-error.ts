/** The stable codes of `AccessError`, each with what it means. */
export const ACCESS_ERROR_CODES = {
  NO_API_KEY:
    "The gateway is to be reached by others, and nobody would be asked who they are: there are no API keys yet, and no issuer is configured. Nothing was started.",
} as const;
export type AccessErrorCode = keyof typeof ACCESS_ERROR_CODES;

/** Access that is not set up as it must be, with a stable `code` and a message of one line that says what to do. */
export class AccessError extends Error {
  override readonly name = "AccessError";
  readonly code: AccessErrorCode;

  constructor(code: AccessErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
