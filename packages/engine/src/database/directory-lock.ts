import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DatabaseError } from "./database-error.ts";

/** A directory held for this process alone. */
export interface DirectoryLock {
  /** Lets the directory go. Safe to call twice. */
  release(): void;
}

const SQLITE_BUSY = 5;

/**
 * Holds `directory` until `release` or the end of the process, however it ends: the operating system drops the lock of a
 * killed process, which a file with a process id in it cannot offer. Leaves an empty `lock.sqlite` behind; nothing else in
 * this process may open that file, since closing it would drop the lock.
 *
 * @throws {DatabaseError} `DATA_DIR_IN_USE` at once when another holder exists, here or in another process;
 *   `DATA_DIR_UNUSABLE` when the lock file cannot be opened.
 */
export function lockDirectory(directory: string): DirectoryLock {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path.join(directory, "lock.sqlite"));
    // Nothing is ever written, so no journal beside it.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    lock?.close();
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) {
      throw new DatabaseError(
        "DATA_DIR_IN_USE",
        `The data directory ${directory} is already in use. Stop the process that uses it, or give this one a directory of its own.`,
        { cause: error },
      );
    }
    throw new DatabaseError(
      "DATA_DIR_UNUSABLE",
      `The data directory ${directory} cannot be locked: ${error instanceof Error ? error.message : error}. Make it writable, or choose another.`,
      { cause: error },
    );
  }
  const held = lock;
  return {
    release() {
      if (held.isOpen) held.close();
    },
  };
}
