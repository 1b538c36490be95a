import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { copyFiles, type ImportedVideos, importDatabase } from "@reelwire/engine";
import type { Configuration } from "./configuration.ts";
import { counted, grouped, progressLine } from "./progress-line.ts";
import { StartError } from "./start-error.ts";
import { databaseOptions, databasePlace, filesOptions, filesPlace } from "./storage.ts";
import { systemReason } from "./system-reason.ts";

/** What to import: either, or both. */
export interface ImportArguments {
  /** An export; `-`: standard input. */
  file: string | undefined;
  /** A directory of finished files and uploaded images. */
  files: string | undefined;
}

/**
 * Fills the configured database from an export, and copies files to where they are configured to be.
 *
 * @throws {StartError} where a file cannot be read, or one is missing
 * @throws {DatabaseError}
 * @throws {ArchiveError}
 */
export async function importCommand(configuration: Configuration, { file, files }: ImportArguments): Promise<void> {
  if (file === undefined && files === undefined) {
    throw new StartError("Name a file to import, or with --files a directory to copy files from.");
  }
  if (files !== undefined) await assertDirectory(files);
  if (file !== undefined) {
    const imported = await importFrom(configuration, file);
    tellImported(configuration, imported);
    if (files === undefined) tellFiles(configuration, imported.files);
  }
  if (files !== undefined) await copyFrom(configuration, files);
}

async function importFrom(configuration: Configuration, file: string): Promise<ImportedVideos> {
  const progress = progressLine("imported rows");
  const input = file === "-" ? process.stdin : createReadStream(file);
  try {
    return await importDatabase({ ...databaseOptions(configuration), onProgress: progress.tell }, input);
  } catch (error) {
    const reason = error === input.errored ? systemReason(error) : null;
    throw reason === null ? error : new StartError(`${file} cannot be read: ${reason.words}.`, { cause: error });
  } finally {
    progress.clear();
    input.destroy();
  }
}

async function copyFrom(configuration: Configuration, from: string): Promise<void> {
  const progress = progressLine("copied files");
  const options = { ...databaseOptions(configuration), files: filesOptions(configuration), from };
  const { copied, present, missing } = await copyFiles({ ...options, onProgress: progress.tell }).finally(
    progress.clear,
  );
  say(`Copied ${counted(copied, "file")} to ${filesPlace(configuration)}; ${grouped(present)} were there already.`);
  if (missing > 0) {
    throw new StartError(
      `${counted(missing, "file")} of the database's videos are neither there nor in ${from}: name the directory that has them.`,
    );
  }
}

function tellImported(configuration: Configuration, { videos, unfinished }: ImportedVideos): void {
  say(`Imported ${counted(videos, "video")} into ${databasePlace(configuration)}.`);
  if (unfinished > 0)
    say(`${grouped(unfinished)} of them are not finished, and are carried on once a gateway uses it.`);
}

function tellFiles(configuration: Configuration, files: number): void {
  if (files === 0) return;
  say(
    `Files of videos, and uploaded images, are looked for in ${filesPlace(configuration)}; there should be ${grouped(files)}.`,
  );
  say("If they are elsewhere: reelwire import --files <the directory where they are>");
}

async function assertDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) throw new StartError(`${path} is not a directory that can be read.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
