import type { DatabaseSync } from "node:sqlite";
import { EmulatorError } from "./emulator-error.ts";

/** A file held for one emulator alone. */
export interface HeldLock {
  release(): void;
}

const sqliteBusy = 5;

/**
 * Holds `file` until `release` or the end of the process, however it ends: the operating system drops the lock of a killed
 * process, which a file with a process id in it cannot offer. Leaves an empty `.lock` beside it. Throws
 * `STATE_FILE_IN_USE`.
 */
export function holdLock(file: string): HeldLock {
  let lock: DatabaseSync | undefined;
  try {
    // Here and not above, since Node 22 and 24 warn of it when it is loaded.
    const sqlite = process.getBuiltinModule("node:sqlite");
    lock = new sqlite.DatabaseSync(`${file}.lock`);
    // Nothing is ever written, so no journal beside it.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock?.close();
    if (cause instanceof Error && "errcode" in cause && cause.errcode === sqliteBusy) {
      throw new EmulatorError("STATE_FILE_IN_USE", `The state file ${file} is in use by another emulator.`, { cause });
    }
    throw cause;
  }
  const held = lock;
  return { release: () => held.close() };
}
