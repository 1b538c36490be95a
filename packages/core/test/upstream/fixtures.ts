import { createUpstreamClient, type UpstreamClientOptions } from "../../src/upstream/client.ts";
import { UpstreamError } from "../../src/upstream/error.ts";

export const KEY = "sk-0123456789abcdef-secret";

export { REQUEST } from "../video-fixtures.ts";

export const SUBMIT = { clientRequestId: "video_01kaqg3v7hf0ctq9x2d3s8g4rn.1" };

/** Short enough to wait for, and long enough for a busy machine to answer within. */
export const SHORT_MS = 250;

/** A client of this address that waits for nothing: the waits it would have made are noted in `waits`. */
export function clientOf(baseUrl: string, options: Partial<UpstreamClientOptions> = {}) {
  const waits: number[] = [];
  const client = createUpstreamClient({
    apiKey: KEY,
    baseUrl,
    wait: async (ms) => {
      waits.push(ms);
    },
    ...options,
  });
  return { client, waits };
}

/** The `UpstreamError` that a call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<UpstreamError> {
  const error = await call.then(
    (value) => new Error(`It did not fail but returned ${JSON.stringify(value)}.`),
    (error: unknown) => error,
  );
  if (error instanceof UpstreamError) return error;
  throw error;
}
