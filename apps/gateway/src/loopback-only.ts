import type { IncomingHttpHeaders } from "node:http";
import { ApiError } from "@reelwire/core";

/** Names and addresses that mean this machine, written as browsers and programs write them. */
const LOOPBACK_NAME = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/i;

/** Headers by which a proxy says that the request came from somewhere else. */
const FORWARDING =
  /^(?:forwarded|via|x-forwarded(?:-.+)?|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-connecting-ip)$/;

/** Whether a host, without its port, is this machine under a name that nobody else can claim. */
export function isLoopbackName(host: string): boolean {
  return LOOPBACK_NAME.test(host) || host === "::1";
}

/** Whether an origin is a web page's on this machine. */
export function isLoopbackOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  return url?.origin === origin && /^https?:$/.test(url.protocol) && isLoopbackName(url.hostname);
}

/**
 * Whether a request may be answered by a gateway that asks nobody who they are; otherwise why not.
 *
 * - `Host` must name loopback, with any port: a page that had its own name resolved to 127.0.0.1 (DNS rebinding) still sends
 *   its own name, while the port may be that of a tunnel.
 * - No forwarding header: what a proxy passes on does not come from this machine.
 * - `Origin`, where there is one, must be the gateway's own (the very `Host` the request names) or one of `allowedOrigins`.
 *   Browsers send it with every websocket and every request that could change something. A page on another port
 *   of this machine is another origin.
 */
export function refusal(headers: IncomingHttpHeaders, allowedOrigins: readonly string[]): ApiError | null {
  const host = headers.host ?? "";
  if (!LOOPBACK_NAME.test(host.replace(/:\d{1,5}$/, ""))) return new ApiError("HOST_NOT_ALLOWED");
  if (Object.keys(headers).some((name) => FORWARDING.test(name))) return new ApiError("HOST_NOT_ALLOWED");
  const { origin } = headers;
  if (origin === undefined || allowedOrigins.includes(origin)) return null;
  return origin.toLowerCase() === `http://${host.toLowerCase()}` ? null : new ApiError("ORIGIN_NOT_ALLOWED");
}
