import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { boundedBody } from "./guarded-fetch/bounded-body.ts";
import { fetchableUrl } from "./guarded-fetch/fetchable-url.ts";
import { GuardedFetchError } from "./guarded-fetch/guarded-fetch-error.ts";
import type { ResolveName } from "./guarded-fetch/guarded-lookup.ts";
import { type OneAnswer, requestOnce } from "./guarded-fetch/request-once.ts";

export { assertFetchable } from "./guarded-fetch/assert-fetchable.ts";
export { hostAndPort } from "./guarded-fetch/fetchable-url.ts";
export {
  GUARDED_FETCH_ERROR_CODES,
  GuardedFetchError,
  type GuardedFetchErrorCode,
} from "./guarded-fetch/guarded-fetch-error.ts";

/** What `guardedFetch` may connect to, and how much of everything it bears. Times are in milliseconds. */
export interface GuardedFetchOptions {
  /** Lets hosts be at loopback, private (RFC 1918), unique-local and CGNAT addresses. Default: false. */
  allowPrivateAddresses?: boolean;
  /** `host:port` pairs, as `hostAndPort` gives them, that may be at any address in any case. Default: none. */
  allowedHosts?: readonly string[];
  /** Redirects followed; each target is held to the same rules. Default: 3. */
  maxRedirects?: number;
  /** Largest body, in bytes. Default: 256 MiB, some ten times the largest video that can be asked for. */
  maxBytes?: number;
  /** For resolving the name, connecting and the TLS handshake, each hop. Default: 10 s. */
  connectTimeoutMs?: number;
  /** From the request to the answer's head, each hop. Default: 30 s. */
  headersTimeoutMs?: number;
  /** Longest pause within the body. Default: 30 s. */
  idleTimeoutMs?: number;
  /** For everything, redirects and body included. Default: 5 min. */
  totalTimeoutMs?: number;
  /** Ends it, while the body is read too; its reason is thrown as it is. */
  signal?: AbortSignal;
  /** Resolves names; what it answers is checked. Default: `dns.lookup`. */
  resolve?: ResolveName;
}

/** What a POST may connect to, and how long it may take, as `GuardedFetchOptions` says. */
export type GuardedPostOptions = Pick<
  GuardedFetchOptions,
  | "allowPrivateAddresses"
  | "connectTimeoutMs"
  | "headersTimeoutMs"
  | "idleTimeoutMs"
  | "totalTimeoutMs"
  | "signal"
  | "resolve"
> & {
  /** Of the answer's body, in bytes: what is more is not read. */
  readBytes: number;
};

/** An answer to a POST, of whatever status: of a redirect, too. */
export interface PostResponse {
  status: number;
  /** Names in lower case; repeated headers joined by a comma. */
  headers: Readonly<Record<string, string>>;
  /** The beginning of the body: what of it came in time. */
  body: Uint8Array;
}

/** An answer, of whatever status. */
export interface GuardedResponse {
  status: number;
  /** Names in lower case; repeated headers joined by a comma. */
  headers: Readonly<Record<string, string>>;
  /** Must be read to its end or destroyed. Fails with `GuardedFetchError`, or the signal's reason. */
  body: Readable;
  /** Where the answer came from, after redirects. May carry a signature: never log it. */
  url: string;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Fetches (GET) an address that somebody else named. The engine fetches such addresses in no other way.
 *
 * No credentials are ever sent: no authorization, no cookies; a user name and password in the URL are dropped.
 * Only http and https; only public addresses unless allowed, judged by the address that is connected to, anew at every
 * redirect; never from https to http; within limits of time and size. Compression is not asked for, and an ok answer
 * that is compressed even so is refused.
 *
 * @throws GuardedFetchError with a stable `code`, and `retryable`
 * @throws the reason of `options.signal`, when that ends it
 */
export async function guardedFetch(url: string | URL, options: GuardedFetchOptions = {}): Promise<GuardedResponse> {
  const { maxBytes = 256 * 1024 * 1024, totalTimeoutMs = 300_000 } = options;
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new GuardedFetchError("TIMED_OUT", `It took longer than ${totalTimeoutMs} ms.`)),
    totalTimeoutMs,
  );
  const signal = options.signal ? AbortSignal.any([options.signal, deadline.signal]) : deadline.signal;
  try {
    const { answer, at } = await followRedirects(fetchableUrl(url), options, signal);
    const { statusCode: status, body, headers } = answer.response;
    const release = () => {
      clearTimeout(timer);
      answer.close();
    };
    const bounded = boundedBody(body, at.host, { maxBytes, explain: answer.explain, release });
    const refusal = refusedUnread(status, flatten(headers), at.host, maxBytes);
    if (refusal) {
      bounded.destroy();
      throw refusal;
    }
    return { status, headers: flatten(headers), body: bounded, url: at.href };
  } catch (error) {
    clearTimeout(timer);
    throw error;
  }
}

/**
 * Sends a POST to an address that somebody else named, under the rules of `guardedFetch`. A redirect is an answer like any other: it
 * is not followed. An answer is one once its head is there, however its body goes on.
 *
 * @throws GuardedFetchError with a stable `code`: of these, `INVALID_URL`, `SCHEME_NOT_ALLOWED`, `ADDRESS_NOT_ALLOWED`, `UNREACHABLE`, `TIMED_OUT`
 * @throws the reason of `options.signal`, when that ends it
 */
export async function guardedPost(
  url: string | URL,
  post: { headers: Readonly<Record<string, string>>; body: string },
  options: GuardedPostOptions,
): Promise<PostResponse> {
  const { totalTimeoutMs = 300_000 } = options;
  const at = fetchableUrl(url);
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new GuardedFetchError("TIMED_OUT", `${at.host} did not answer in time.`)),
    totalTimeoutMs,
  );
  const signal = options.signal ? AbortSignal.any([options.signal, deadline.signal]) : deadline.signal;
  try {
    const answer = await requestOnce(at, { ...options, post }, signal);
    const { statusCode: status, headers, body } = answer.response;
    try {
      return { status, headers: flatten(headers), body: await beginningOf(body, options.readBytes) };
    } finally {
      answer.close();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Reads at most so many bytes, and what there is of them where the body ends in an error. */
async function beginningOf(body: Readable, bytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let read = 0;
  // It may fail once nobody reads it any more.
  body.on("error", () => {});
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      read += chunk.length;
      if (read >= bytes) break;
    }
  } catch {
    // How the answer goes on does not matter: its head says it all.
  }
  return Buffer.concat(chunks).subarray(0, bytes);
}

async function followRedirects(
  from: URL,
  options: GuardedFetchOptions,
  signal: AbortSignal,
): Promise<{ answer: OneAnswer; at: URL }> {
  const { maxRedirects = 3 } = options;
  let at = from;
  for (let followed = 0; ; followed++) {
    const answer = await requestOnce(at, options, signal);
    const { statusCode, headers, body } = answer.response;
    const { location } = headers;
    if (!REDIRECTS.has(statusCode) || typeof location !== "string") return { answer, at };
    body.on("error", () => {}).destroy();
    answer.close();
    if (followed >= maxRedirects) {
      throw new GuardedFetchError("TOO_MANY_REDIRECTS", `More than ${maxRedirects} redirects, the last at ${at.host}.`);
    }
    at = fetchableUrl(location, at);
  }
}

function refusedUnread(
  status: number,
  headers: Readonly<Record<string, string>>,
  host: string,
  maxBytes: number,
): GuardedFetchError | null {
  // The body of an error is of no use whatever it is, and its status says more than its size would.
  if (status < 200 || status > 299) return null;
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    return new GuardedFetchError("ENCODED", `${host} sent the file compressed.`);
  }
  if (Number(headers["content-length"] ?? 0) > maxBytes) {
    return new GuardedFetchError("TOO_LARGE", `The file at ${host} is larger than ${maxBytes} bytes.`);
  }
  return null;
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}
