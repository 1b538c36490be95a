/** A page that comes with the gateway. */
export type Page = "studio" | "graphiql";

/** What a page's rules depend on. */
export interface PageOrigins {
  /** As the request names it. */
  host: string | undefined;
  /** Where files come from besides the page's own origin: where clients reach the gateway, and where it redirects to. */
  media: readonly string[];
}

/** A host that can stand in a policy. An IPv6 address cannot; `'self'` has to do there. */
const HOST = /^[\w.-]+(?::\d{1,5})?$/;

/**
 * What browsers are told of a page: it runs nothing but its own scripts, talks to its own gateway alone, plays the gateway's files, is in no
 * frame, and nobody hears of its address, which may be as good as a video. Images are from anywhere: a video's first and last frame have
 * whatever address its maker gave.
 */
export function pageHeaders(page: Page, { host = "", media }: PageOrigins): Record<string, string> {
  // 'self' is websockets too in today's browsers, but not in those of some years ago.
  const sockets = HOST.test(host) ? [`ws://${host}`, `wss://${host}`] : [];
  const policy: Record<string, readonly string[]> = {
    "default-src": ["'self'"],
    "connect-src": ["'self'", ...sockets],
    "img-src": ["'self'", "data:", "blob:", "http:", "https:"],
    "media-src": ["'self'", "blob:", ...media],
    // GraphiQL's editor writes its style sheets itself.
    "style-src": page === "graphiql" ? ["'self'", "'unsafe-inline'"] : ["'self'"],
    "font-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
  };
  const directives = Object.entries(policy).map(([name, sources]) => `${name} ${sources.join(" ")}`);
  return {
    "content-security-policy": directives.join("; "),
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
}
