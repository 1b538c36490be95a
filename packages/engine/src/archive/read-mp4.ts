import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { CopyError } from "./copy-error.ts";
import type { Mp4Facts } from "./inspect-mp4.ts";
import type { Mp4Answer } from "./inspect-mp4-thread.ts";

// Beside this file, and compiled where this file is.
const THREAD = new URL(`./inspect-mp4-thread${extname(import.meta.url)}`, import.meta.url);

let thread: Worker | null = null;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Reads an MP4 file through, as `inspectMp4` does, in a thread of its own, one file after another. A file of 20 MB takes
 * some hundredths of a second there; one that is made or broken so that it would take hours ends with the thread instead
 * of holding up every other video. The thread is kept for the next file, and does not keep the process alive.
 *
 * @param timeLimitMs after which a file counts as none. Default: 10 s
 * @throws CopyError `NOT_A_VIDEO` or `BROKE_OFF`
 */
export function readMp4(path: string, timeLimitMs = 10_000): Promise<Mp4Facts> {
  const reading = queue.then(() => readInThread(path, timeLimitMs));
  queue = reading.catch(() => {});
  return reading;
}

async function readInThread(path: string, timeLimitMs: number): Promise<Mp4Facts> {
  thread ??= startThread();
  const worker = thread;
  worker.ref();
  let answer: Mp4Answer;
  try {
    worker.postMessage(path);
    [answer] = await once(worker, "message", { signal: AbortSignal.timeout(timeLimitMs) });
  } catch (error) {
    if (thread === worker) thread = null;
    await worker.terminate();
    throw new CopyError("NOT_A_VIDEO", "The file is an MP4 that cannot be read in reasonable time and memory.", {
      cause: error,
    });
  } finally {
    worker.unref();
  }
  if ("refused" in answer) throw new CopyError(answer.refused.code, answer.refused.message);
  return answer.facts;
}

function startThread(): Worker {
  // An index takes some hundred bytes a sample in memory, and samples are limited.
  const worker = new Worker(THREAD, { resourceLimits: { maxOldGenerationSizeMb: 256 } });
  const forget = () => {
    if (thread === worker) thread = null;
  };
  // Listened for at all times: an error between two files would otherwise end the process.
  worker.on("error", forget).on("exit", forget);
  return worker;
}
