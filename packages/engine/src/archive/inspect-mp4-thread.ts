// The thread behind readMp4: answers each path it is sent with one `Mp4Answer`. Any other error ends it.
import { parentPort } from "node:worker_threads";
import { Logging, LogLevel } from "mediabunny";
import { CopyError, type CopyErrorCode } from "./copy-error.ts";
import { inspectMp4, type Mp4Facts } from "./inspect-mp4.ts";

/** What a file holds, or why it is refused. Errors lose their class on the way between threads. */
export type Mp4Answer = { facts: Mp4Facts } | { refused: { code: CopyErrorCode; message: string } };

// It prints warnings that quote the file, in the midst of our own log.
Logging.level = LogLevel.Silent;

parentPort?.on("message", async (path: string) => {
  parentPort?.postMessage(await answer(path));
});

async function answer(path: string): Promise<Mp4Answer> {
  try {
    return { facts: await inspectMp4(path) };
  } catch (error) {
    if (error instanceof CopyError) return { refused: { code: error.code, message: error.message } };
    throw error;
  }
}
