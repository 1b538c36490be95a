import ky, { type Options } from "ky";
import { z } from "zod";
import type { Generation } from "../generation.ts";
import type { VideoRequest } from "../video.ts";
import { awaitTurn, type Call, callOnce, type RetryPolicy, retryRead, waitByTimer, withoutSecret } from "./call.ts";
import { UpstreamError } from "./error.ts";
import { type GenerationCharge, pageThroughLedger, toLedgerPage } from "./ledger.ts";
import { LOG_PAGE_ROWS, logWindow, pageThroughLog, type Submission, toLogPage } from "./submission-log.ts";
import { numeric, toCreateBody, toGeneration } from "./wire.ts";
import { type CataloguePrice, toPricing } from "./wire-pricing.ts";

/** Where the upstream is. */
export const UPSTREAM_BASE_URL = "https://api.aimlapi.com";

/** How to reach the upstream. */
export interface UpstreamClientOptions {
  /** Sent as `Authorization: Bearer …` to `baseUrl` and nowhere else; found in no error. */
  apiKey: string;
  /** Where the upstream, or a stand-in for it, is; with or without a path and a trailing slash. Default: `UPSTREAM_BASE_URL`. */
  baseUrl?: string | undefined;
  /** Longest that one try of a read may take, its body included, in milliseconds. Default: 15,000. */
  timeoutMs?: number | undefined;
  /** Longest that a submit may take, in milliseconds; it may carry 20 MiB of images. Default: 60,000. */
  submitTimeoutMs?: number | undefined;
  /** How many times a read is tried again. Default: 2. */
  retries?: number | undefined;
  /** Wait before the first retry of a read, in milliseconds; doubled for each further one. Default: 300. */
  retryDelayMs?: number | undefined;
  /** No try of a read begins later than this after the first, in milliseconds. Default: 20,000. */
  retryBudgetMs?: number | undefined;
  /** Waits between tries; a fake clock's goes here. Default: a timer. */
  wait?: RetryPolicy["wait"] | undefined;
  /** Sends a request; for a proxy, or to count. Must obey `redirect` and `signal`. Default: the platform's. */
  fetch?: Options["fetch"] | undefined;
  /** Sent as `User-Agent`. Default: `reelwire`. */
  userAgent?: string | undefined;
}

interface CallOptions {
  /** Aborts the call with `ABORTED`. */
  signal?: AbortSignal | undefined;
}

/**
 * The upstream's API. Everything that a method throws is an `UpstreamError`. Reads are tried again while their error
 * is `retryable`; `submit` never is.
 */
export interface UpstreamClient {
  /**
   * Asks for a video, which costs money: exactly one POST, whatever happens (invariant 2). Before sending it again look at
   * the error's `outcome`. An answer whose body is lost but which names the id in `x-inference-id` is returned, with
   * the status `unknown`.
   *
   * @param options.clientRequestId 1–128 of `A–Z a–z 0–9 . _ : -`, by which `findSubmission` finds it; anything else
   *   is refused with `INPUT_REJECTED`, since the upstream would silently drop it
   */
  submit(request: VideoRequest, options: CallOptions & { clientRequestId: string }): Promise<Generation>;
  /** How far a generation is. `NOT_FOUND` right after the submit may pass (assumption A7). */
  status(generationId: string, options?: CallOptions): Promise<Generation>;
  /**
   * Looks for a submission in the request log. `null` proves nothing: rows may appear late (assumption A2).
   *
   * @param options.since when it was sent, at the earliest; the upstream's clock may be an hour behind ours, or a day ahead
   */
  findSubmission(clientRequestId: string, options: CallOptions & { since: Date }): Promise<Submission | null>;
  /**
   * Looks for many submissions in one paging through the log. Those that are not found are not in the map. A page that is refused
   * for its rate is waited for, up to two minutes.
   */
  findSubmissions(
    clientRequestIds: ReadonlySet<string>,
    options: CallOptions & { since: Date },
  ): Promise<Map<string, Submission>>;
  /**
   * The catalogue's price for a model. Sends no key.
   *
   * @param options.known what was answered before: the very same comes back where nothing has changed since
   */
  pricing(model: string, options?: CallOptions & { known?: CataloguePrice | null }): Promise<CataloguePrice>;
  /**
   * What generations were charged, newest first, as the ledger has it: read page by page as it is asked for, each waited for where
   * it is refused for its rate, up to two minutes. The charge of a generation lands after it has completed.
   *
   * @param options.since when the charges were recorded, at the earliest. The upstream's clock may be an hour behind ours, so
   *   there may be some from the hour before
   */
  transactions(options: CallOptions & { since: Date }): AsyncIterable<GenerationCharge>;
  /** What is left on the account, in US dollars. */
  balance(options?: CallOptions): Promise<{ usd: number }>;
}

/**
 * A client of the upstream.
 *
 * @throws {TypeError} when `baseUrl` is no `http(s)` address, or carries a user name, query or fragment, or when the
 *   key or user agent is empty or cannot stand in a header
 */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { apiKey } = options;
  // Checked here, because the platform would quote the key in its own error.
  if (!HEADER_TEXT.test(apiKey)) throw new TypeError("The upstream's key must be printable ASCII without spaces.");
  const http = ky.create({
    prefix: baseUrlOf(options.baseUrl ?? UPSTREAM_BASE_URL),
    headers: { accept: "application/json", "user-agent": options.userAgent ?? "reelwire" },
    // A followed 307 would send a POST twice, and the key to another host (invariants 2 and 10).
    redirect: "manual",
    retry: 0,
    throwHttpErrors: false,
    timeout: false,
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
  const readHttp = http.extend({ totalTimeout: options.timeoutMs ?? 15_000 });
  const keyedHttp = readHttp.extend({ headers: { authorization: `Bearer ${apiKey}` } });
  const submitHttp = keyedHttp.extend({ totalTimeout: options.submitTimeoutMs ?? 60_000 });
  const policy: RetryPolicy = {
    retries: options.retries ?? 2,
    delayMs: options.retryDelayMs ?? 300,
    budgetMs: options.retryBudgetMs ?? 20_000,
    wait: options.wait ?? waitByTimer,
  };

  const read = <T>(call: Omit<Call<T>, "kind">, over = keyedHttp) =>
    retryRead(policy, call.signal, () => callOnce(over, apiKey, { ...call, kind: "read" }));

  const generationOf = (body: unknown, knownId: string | null): Generation | undefined => {
    const generation = toGeneration(body, knownId);
    if (generation?.error == null) return generation ?? undefined;
    const { name, message } = generation.error;
    return { ...generation, error: { name: withoutSecret(name, apiKey), message: withoutSecret(message, apiKey) } };
  };

  const findSubmissions: UpstreamClient["findSubmissions"] = (clientRequestIds, { since, signal }) => {
    const window = logWindow(since, new Date());
    const readPage = (offset: number) =>
      read({
        path: "v2/logs",
        options: { searchParams: { ...window, limit: LOG_PAGE_ROWS, offset } },
        signal,
        read: (body) => toLogPage(body, offset),
      });
    return pageThroughLog(clientRequestIds, (offset) => awaitTurn(policy, signal, () => readPage(offset)));
  };

  return {
    async submit(request, { clientRequestId, signal }) {
      if (!CLIENT_REQUEST_ID.test(clientRequestId)) throw badClientRequestId();
      return callOnce(submitHttp, apiKey, {
        kind: "submit",
        path: "v2/video/generations",
        options: { method: "post", json: toCreateBody(request), headers: { "x-client-request-id": clientRequestId } },
        signal,
        read: (body, headers) => {
          const inferenceId = headers.get("x-inference-id")?.trim() || null;
          return generationOf(body, inferenceId) ?? generationOf({}, inferenceId);
        },
      });
    },
    status: (generationId, { signal } = {}) =>
      read({
        path: "v2/video/generations",
        options: { searchParams: { generation_id: generationId } },
        signal,
        // Under the id that was asked for, however the upstream spells it here.
        read: (body) => {
          const generation = generationOf(body, generationId);
          return generation && { ...generation, id: generationId };
        },
      }),
    findSubmission: async (clientRequestId, found) =>
      (await findSubmissions(new Set([clientRequestId]), found)).get(clientRequestId) ?? null,
    findSubmissions,
    pricing: (model, { known, signal } = {}) =>
      read(
        {
          path: "v1/models",
          options: { searchParams: { id: model, include: "pricing" }, headers: onlyIfChanged(known?.etag) },
          signal,
          read: (body, headers) => {
            const pricing = toPricing(body, model);
            return pricing === undefined ? undefined : { pricing, etag: headers.get("etag") };
          },
          unchanged: known?.etag == null ? undefined : known,
        },
        readHttp,
      ),
    transactions: ({ since, signal }) =>
      pageThroughLedger(since, (searchParams) =>
        awaitTurn(policy, signal, () =>
          read({ path: "v2/billing/transactions", options: { searchParams }, signal, read: toLedgerPage }),
        ),
      ),
    balance: ({ signal } = {}) =>
      read({
        path: "v2/billing",
        signal,
        read: (body) => balanceBody.safeParse(body).data,
      }),
  };
}

const HEADER_TEXT = /^[\x21-\x7e]+$/;
const CLIENT_REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/;

const balanceBody = z.object({ current_balance: numeric }).transform((body) => ({ usd: body.current_balance }));

/** With a `cache-control` of its own: `fetch` would add `no-cache`, by which many servers send the whole answer all the same. */
function onlyIfChanged(etag: string | null | undefined): Record<string, string> {
  return etag == null ? {} : { "if-none-match": etag, "cache-control": "max-age=0" };
}

function baseUrlOf(baseUrl: string): string {
  const url = URL.parse(baseUrl);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new TypeError("The upstream's base URL must be an http(s) address without user name, query and fragment.");
  }
  return url.href;
}

function badClientRequestId(): UpstreamError {
  return new UpstreamError({
    code: "INPUT_REJECTED",
    message: "A client request id must be 1 to 128 of A–Z a–z 0–9 . _ : -",
    httpStatus: null,
    retryable: false,
    outcome: "not_accepted",
    retryAfterMs: null,
  });
}
