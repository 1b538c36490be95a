import { isIP } from "node:net";
import { Client, type Dispatcher, errors } from "undici";
import { type AddressRule, isAllowedAddress } from "./address-rule.ts";
import { hostAndPort } from "./fetchable-url.ts";
import { GuardedFetchError } from "./guarded-fetch-error.ts";
import { guardedLookup, type ResolveName } from "./guarded-lookup.ts";

/** How one request is made; every option is described at `GuardedFetchOptions`. */
export interface RequestOnceOptions {
  allowPrivateAddresses?: boolean;
  allowedHosts?: readonly string[];
  connectTimeoutMs?: number;
  headersTimeoutMs?: number;
  idleTimeoutMs?: number;
  resolve?: ResolveName;
  /** What is sent. Default: a GET. */
  post?: { headers: Readonly<Record<string, string>>; body: string };
}

/** The answer to one request, and the connection it came over. */
export interface OneAnswer {
  response: Dispatcher.ResponseData;
  /** Ends the connection. Afterwards nothing of it is left, whatever was read. */
  close(): void;
  /** Says what an error of the response's body means. */
  explain(error: unknown): unknown;
}

/**
 * Sends one request over a connection of its own, following nothing. The connection is not kept: the next one is a video
 * away, and a pool would have to keep apart connections made under different rules.
 *
 * @throws GuardedFetchError `ADDRESS_NOT_ALLOWED`, `UNREACHABLE`, `TIMED_OUT`
 * @throws the signal's reason
 */
export async function requestOnce(url: URL, options: RequestOnceOptions, signal: AbortSignal): Promise<OneAnswer> {
  const { connectTimeoutMs = 10_000, headersTimeoutMs = 30_000, idleTimeoutMs = 30_000 } = options;
  const rule = addressRule(url, options);
  // The lookup below is never called for a host that is an address already.
  const address = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (rule && isIP(address) && !isAllowedAddress(address, rule)) {
    throw new GuardedFetchError("ADDRESS_NOT_ALLOWED", `${url.hostname} is not a public address.`);
  }
  const client = new Client(url.origin, {
    allowH2: false,
    connect: { lookup: guardedLookup(rule, options.resolve), timeout: connectTimeoutMs },
    headersTimeout: headersTimeoutMs,
    bodyTimeout: idleTimeoutMs,
  });
  const close = () => void client.destroy();
  try {
    const { post } = options;
    const response = await client.request({
      method: post === undefined ? "GET" : "POST",
      path: url.pathname + url.search,
      headers: { accept: "*/*", "accept-encoding": "identity", "user-agent": "reelwire", ...post?.headers },
      ...(post === undefined ? {} : { body: post.body }),
      signal,
    });
    return { response, close, explain: (error) => explained(error, "BROKE_OFF", url.host, signal) };
  } catch (error) {
    close();
    throw explained(error, "UNREACHABLE", url.host, signal);
  }
}

function addressRule(url: URL, { allowedHosts = [], allowPrivateAddresses = false }: RequestOnceOptions) {
  if (allowedHosts.includes(hostAndPort(url))) return null;
  return allowPrivateAddresses ? "private" : ("public" satisfies AddressRule);
}

function explained(error: unknown, otherwise: "UNREACHABLE" | "BROKE_OFF", host: string, signal: AbortSignal): unknown {
  if (error instanceof GuardedFetchError || (signal.aborted && error === signal.reason)) return error;
  if (error instanceof errors.ConnectTimeoutError || error instanceof errors.HeadersTimeoutError) {
    return new GuardedFetchError("TIMED_OUT", `${host} did not answer in time.`, { cause: error });
  }
  if (error instanceof errors.BodyTimeoutError) {
    return new GuardedFetchError("TIMED_OUT", `${host} stopped sending.`, { cause: error });
  }
  const what = otherwise === "BROKE_OFF" ? `The connection to ${host} broke off.` : `${host} could not be reached.`;
  return new GuardedFetchError(otherwise, what, { cause: error });
}
