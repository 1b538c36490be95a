import type { IncomingHttpHeaders } from "node:http";
import cors from "@fastify/cors";
import { ApiError } from "@reelwire/core";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { isLoopbackOrigin, refusal } from "./loopback-only.ts";

/** Of so many web pages of this machine that are refused the log tells, of each once. */
const MAX_PAGES_TOLD_OF = 20;

/** Whose requests are heard. */
export interface EntranceOptions {
  /** Whether callers are asked who they are; may turn true while it runs. */
  asksCallers: () => boolean;
  /** Origins of web pages besides the gateway's own; `*` is every one. As long as nobody is asked, only those on this machine count. */
  allowedOrigins: readonly string[];
  /** Where clients reach the gateway, if not where it listens. */
  publicUrl: string | null;
}

/**
 * Holds every route and every websocket to what is safe, before anybody is asked who they are, and answers the CORS questions of
 * allowed origins.
 *
 * As long as nobody is asked, `refusal` decides. Once callers are asked, a request is heard from wherever it comes: a credential
 * is never sent by a browser of its own accord, so that no page can use one that it was not given. Only websockets of foreign pages
 * are still refused, since CORS does not keep those.
 */
export async function registerEntrance(app: FastifyInstance, options: EntranceOptions): Promise<void> {
  const { asksCallers, allowedOrigins, publicUrl } = options;
  const originsHere = allowedOrigins.filter(isLoopbackOrigin);
  const publicOrigin = publicUrl === null ? null : new URL(publicUrl).origin;

  const isAllowed = (origin: string) => {
    if (!asksCallers()) return originsHere.includes(origin);
    return allowedOrigins.includes("*") || allowedOrigins.includes(origin) || origin === publicOrigin;
  };
  const refusalOf = (headers: IncomingHttpHeaders) => {
    if (!asksCallers()) return refusal(headers, originsHere);
    const { origin, host, upgrade } = headers;
    if (upgrade === undefined || origin === undefined || isAllowed(origin)) return null;
    // Its own page, whatever ends TLS in front of it.
    return origin.toLowerCase().replace(/^https?:\/\//, "") === host?.toLowerCase()
      ? null
      : new ApiError("ORIGIN_NOT_ALLOWED");
  };

  const toldOf = new Set<string>();
  /** Whoever has just begun with a page of their own hears from the browser only that something failed. */
  const tellOfPage = (log: FastifyBaseLogger, origin = "") => {
    if (!isLoopbackOrigin(origin) || toldOf.has(origin) || toldOf.size >= MAX_PAGES_TOLD_OF) return;
    toldOf.add(origin);
    log.warn({ origin }, "refused a web page of this machine: REELWIRE_ALLOWED_ORIGINS allows it");
  };

  app.addHook("onRequest", async ({ headers, log }, reply) => {
    const refused = refusalOf(headers);
    if (refused === null) return;
    if (refused.code === "ORIGIN_NOT_ALLOWED") tellOfPage(log, headers.origin);
    // The connection of a refused upgrade is closed, and must not be thought reusable.
    if (headers.upgrade !== undefined) reply.header("connection", "close");
    throw refused;
  });
  await app.register(cors, {
    origin: async (origin: string | undefined) => origin !== undefined && isAllowed(origin),
    methods: ["GET", "HEAD", "POST"],
    exposedHeaders: ["x-request-id", "retry-after", "content-range", "content-disposition", "etag"],
    maxAge: 600,
  });
}
