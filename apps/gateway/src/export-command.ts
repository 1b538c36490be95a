import { type FileHandle, open, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { exportDatabase } from "@reelwire/engine";
import type { Configuration } from "./configuration.ts";
import { counted, progressLine } from "./progress-line.ts";
import { StartError } from "./start-error.ts";
import { databaseOptions, databasePlace } from "./storage.ts";
import { systemReason } from "./system-reason.ts";

/** What ends an export before it is whole. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/**
 * Writes the configured database to a new file that only its owner can read, or to standard output where none is named. A file
 * that could not be written to its end is deleted.
 *
 * @throws {StartError} where the file cannot be written
 * @throws {DatabaseError}
 */
export async function exportCommand(configuration: Configuration, file: string | undefined): Promise<void> {
  const videos =
    file === undefined ? await exportToStandardOutput(configuration) : await exportToFile(configuration, file);
  const lines = [
    `Exported ${counted(videos, "video")} from ${databasePlace(configuration)}.`,
    "The file holds prompts, and the secrets that sign addresses of files and access tokens: keep it as you keep a key.",
  ];
  process.stderr.write(`${lines.join("\n")}\n`);
}

async function exportToStandardOutput(configuration: Configuration): Promise<number> {
  if (process.stdout.isTTY) throw new StartError("Name a file to export to, or send standard output to one.");
  return await exportTo(configuration, process.stdout, { end: false }).catch((error: unknown) => {
    throw explained(error, "Standard output");
  });
}

async function exportToFile(configuration: Configuration, path: string): Promise<number> {
  let handle: FileHandle;
  try {
    handle = await open(path, "wx", 0o600);
  } catch (error) {
    throw explained(error, path);
  }
  const stopping = new AbortController();
  const { signal } = stopping;
  const stop = () => stopping.abort();
  for (const name of SIGNALS) process.once(name, stop);
  try {
    return await exportTo(configuration, handle.createWriteStream({ flush: true }), { signal });
  } catch (error) {
    await rm(path, { force: true });
    throw signal.aborted ? new StartError("Stopped: nothing was exported.") : explained(error, path);
  } finally {
    for (const name of SIGNALS) process.removeListener(name, stop);
    await handle.close();
  }
}

/** @returns how many videos there were */
async function exportTo(
  configuration: Configuration,
  output: Writable,
  options: { end?: boolean; signal?: AbortSignal },
): Promise<number> {
  const progress = progressLine("exported rows");
  let videos = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const rows = yield* exportDatabase({ ...databaseOptions(configuration), onProgress: progress.tell });
    videos = rows.videos;
  }
  await pipeline(pieces(), output, options).finally(progress.clear);
  return videos;
}

function explained(error: unknown, path: string): unknown {
  const reason = systemReason(error);
  if (reason === null) return error;
  const message =
    reason.code === "EEXIST"
      ? `${path} exists already: name another file, or delete it.`
      : `${path} cannot be written: ${reason.words}.`;
  return new StartError(message, { cause: error });
}
