import { Agent, fetch as undiciFetch } from "undici";

/**
 * Sends requests to the upstream: reads over connections that are kept open, each POST over one of its own. A kept
 * connection may have been closed by the other end a moment ago, and then a POST's outcome could not be known, though
 * nothing was sent; a connection that is refused says so.
 *
 * Redirects are left to the caller, as its `redirect: "manual"` asks.
 */
export function createUpstreamFetch(): { fetch: typeof globalThis.fetch; close(): Promise<void> } {
  const kept = new Agent();
  const fresh = new Agent({ pipelining: 0 });
  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      const body = request.body === null ? null : await request.arrayBuffer();
      const response = await undiciFetch(request.url, {
        method: request.method,
        headers: [...request.headers],
        body,
        signal: request.signal,
        redirect: request.redirect,
        dispatcher: request.method === "POST" ? fresh : kept,
      });
      return response;
    },
    async close() {
      await Promise.all([kept.destroy(), fresh.destroy()]);
    },
  };
}
