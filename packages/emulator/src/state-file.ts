import { appendFileSync, closeSync, ftruncateSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { EmulatorError } from "./emulator-error.ts";
import { type HeldLock, holdLock } from "./state-lock.ts";
import { type StateRecord, stateRecordSchema } from "./state-record.ts";

/** Where records outlive the process. */
export interface StateFile {
  readonly path: string;
  /** What earlier processes wrote, in order. */
  readonly records: readonly StateRecord[];
  /** When this returns, the record survives the process, however that ends. Does nothing once closed. Throws `STATE_FILE_UNUSABLE`. */
  append(record: StateRecord): void;
  close(): void;
}

const header = '{"format":"reelwire-emulator-state","version":1}';
const newline = 10;

/** Keeps nothing. */
export const noStateFile: StateFile = { path: "", records: [], append() {}, close() {} };

/**
 * Opens the file of JSON lines at `path`, made with its directory if missing, for this process alone. A last line that was
 * broken off by a kill is dropped: nothing that depended on it was answered yet.
 *
 * Throws `STATE_FILE_IN_USE`, `STATE_FILE_DAMAGED` or `STATE_FILE_UNUSABLE`.
 */
export function openStateFile(path: string): StateFile {
  const file = resolve(path);
  const lock = attempt(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    return holdLock(file);
  });
  let descriptor: number | undefined;
  try {
    descriptor = attempt(file, () => openSync(file, "a+", 0o600));
    return open(file, descriptor, lock);
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    lock.release();
    throw error;
  }
}

function open(file: string, descriptor: number, lock: HeldLock): StateFile {
  const contents = attempt(file, () => readFileSync(file));
  const complete = contents.subarray(0, contents.lastIndexOf(newline) + 1);
  const records = readRecords(file, complete, contents.subarray(complete.length));
  let size = complete.length;
  let isOpen = true;
  const write = (line: string) => {
    const bytes = Buffer.from(`${line}\n`);
    try {
      appendFileSync(descriptor, bytes);
      size += bytes.length;
    } catch (error) {
      // Half a line must not stand before the next one.
      ftruncateSync(descriptor, size);
      throw error;
    }
  };
  attempt(file, () => {
    ftruncateSync(descriptor, size);
    if (size === 0) write(header);
  });
  return {
    path: file,
    records,
    append(record) {
      if (isOpen) attempt(file, () => write(JSON.stringify(record)));
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      closeSync(descriptor);
      lock.release();
    },
  };
}

function readRecords(file: string, complete: Buffer, tornLine: Buffer): StateRecord[] {
  const records: StateRecord[] = [];
  let lineNumber = 0;
  for (let start = 0; start < complete.length; ) {
    const end = complete.indexOf(newline, start);
    const line = complete.toString("utf8", start, end);
    start = end + 1;
    lineNumber += 1;
    if (lineNumber > 1) records.push(readRecord(file, line, lineNumber));
    else if (line !== header) throw damaged(file, "it is not a state file of this version of the emulator");
  }
  if (lineNumber === 0 && !header.startsWith(tornLine.toString())) throw damaged(file, "it is not a state file");
  if (records[0] !== undefined && records[0].type !== "opened") throw damaged(file, "line 2 is not its beginning");
  return records;
}

function readRecord(file: string, line: string, lineNumber: number): StateRecord {
  try {
    return stateRecordSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw damaged(file, `line ${lineNumber} cannot be read`, cause);
  }
}

/** Also for what is found when the records are put together. */
export function damaged(file: string, reason: string, cause?: unknown): EmulatorError {
  const message = `The state file ${file} cannot be used: ${reason}. Delete or move it to begin anew, or name another.`;
  return new EmulatorError("STATE_FILE_DAMAGED", message, { cause });
}

function attempt<T>(file: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof EmulatorError) throw cause;
    const reason = cause instanceof Error ? cause.message : cause;
    throw new EmulatorError("STATE_FILE_UNUSABLE", `The state file ${file} cannot be used: ${reason}`, { cause });
  }
}
