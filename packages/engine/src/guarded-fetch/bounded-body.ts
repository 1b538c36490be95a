import { Readable } from "node:stream";
import { GuardedFetchError } from "./guarded-fetch-error.ts";

/** How a body is bounded. */
export interface BodyBounds {
  /** Bytes after which it fails with `TOO_LARGE`. */
  maxBytes: number;
  /** Turns what went wrong with the source into the error that the reader sees. */
  explain(error: unknown): unknown;
  /** Called once, when the body has ended, failed or been destroyed. */
  release(): void;
}

/** The same bytes as `source`, at its reader's pace, failing once there are more than `maxBytes`. */
export function boundedBody(source: Readable, host: string, { maxBytes, explain, release }: BodyBounds): Readable {
  let bytes = 0;
  const body = new Readable({
    read() {
      source.resume();
    },
    destroy(error, callback) {
      source.destroy();
      release();
      callback(error);
    },
  });
  // It may fail before its reader has begun, who then meets the error all the same; unheard, it would end the process.
  body.on("error", () => {});
  source.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      body.destroy(new GuardedFetchError("TOO_LARGE", `The file at ${host} is larger than ${maxBytes} bytes.`));
    } else if (!body.push(chunk)) source.pause();
  });
  source.on("end", () => body.push(null));
  source.on("error", (cause) => {
    const error = explain(cause);
    body.destroy(error instanceof Error ? error : new Error("The body was given up.", { cause: error }));
  });
  source.pause();
  return body;
}
