/** Between tries where the gateway does not say, in milliseconds: as long as it says itself. */
const DEFAULT_RETRY_MS = 5000;

/** A file that the gateway did not give, or not whole. */
export class FileNotServed extends Error {
  override readonly name = "FileNotServed";
  /** After how long it may be asked for again, in milliseconds; `null` where that would change nothing. */
  readonly retryAfterMs: number | null;

  constructor(message: string, retryAfterMs: number | null, cause?: unknown) {
    super(message, { cause });
    this.retryAfterMs = retryAfterMs;
  }
}

export function isRetryable(error: unknown): error is FileNotServed & { retryAfterMs: number } {
  return error instanceof FileNotServed && error.retryAfterMs !== null;
}

export function brokenOff(cause: unknown): FileNotServed {
  return new FileNotServed("The connection broke off.", DEFAULT_RETRY_MS, cause);
}

interface Answer {
  errors?: { message?: string; extensions?: { code?: string } }[];
}

/** What an answer without a file says: the gateway's code and message, or at least the status. */
export async function fileNotServed(response: Response): Promise<FileNotServed> {
  const { status, headers } = response;
  const answer = (await response.json().catch(() => null)) as Answer | null;
  const error = answer?.errors?.[0];
  const message =
    error?.extensions?.code === undefined
      ? `The gateway answered with status ${status}.`
      : `${error.extensions.code}: ${error.message}`;
  return new FileNotServed(message, status >= 500 || status === 429 ? retryAfterMs(headers.get("retry-after")) : null);
}

/** `Retry-After`: seconds, or a date. */
function retryAfterMs(header: string | null): number {
  if (header === null) return DEFAULT_RETRY_MS;
  const ms = Number.isNaN(Number(header)) ? Date.parse(header) - Date.now() : Number(header) * 1000;
  return Number.isNaN(ms) ? DEFAULT_RETRY_MS : Math.max(0, ms);
}
