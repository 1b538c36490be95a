/** The stable codes of `GuardedFetchError`, each with its meaning. */
export const GUARDED_FETCH_ERROR_CODES = {
  INVALID_URL: "It is not an absolute URL.",
  SCHEME_NOT_ALLOWED: "Its scheme is neither http nor https, or a redirect leads from https to http.",
  ADDRESS_NOT_ALLOWED: "Its host is not at a public address.",
  TOO_MANY_REDIRECTS: "It redirects more often than is followed.",
  UNREACHABLE: "The name was not found, the connection was refused, or no HTTP answer came of it.",
  TIMED_OUT: "Connecting, the answer's head, a pause in its body, or the whole took too long.",
  TOO_LARGE: "The body is, or says it will be, larger than the limit.",
  ENCODED: "The body is compressed though that was not asked for, so its size cannot be held to the limit.",
  BROKE_OFF: "The connection ended before the body did.",
} as const;
export type GuardedFetchErrorCode = keyof typeof GUARDED_FETCH_ERROR_CODES;

const RETRYABLE: ReadonlySet<GuardedFetchErrorCode> = new Set(["UNREACHABLE", "TIMED_OUT", "BROKE_OFF"]);

/**
 * Why an address that somebody else named could not be fetched. The message names at most the host: paths and query
 * strings of result files carry signatures, and a `data:` URI is a whole image.
 */
export class GuardedFetchError extends Error {
  override readonly name = "GuardedFetchError";
  readonly code: GuardedFetchErrorCode;
  /** Whether fetching the same address again, later, may succeed. */
  readonly retryable: boolean;

  constructor(code: GuardedFetchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = RETRYABLE.has(code);
  }
}
