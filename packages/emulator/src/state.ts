import type { AlarmClock } from "./clock.ts";
import { noStateFile, openStateFile, type StateFile } from "./state-file.ts";
import type { NewStateRecord, StateRecord } from "./state-record.ts";

/** What an emulator remembers beyond its process; without a file it remembers nothing. */
export class State {
  readonly #file: StateFile;
  readonly #clock: AlarmClock;

  constructor(file: StateFile, clock: AlarmClock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** Writes a record and returns its emulator time. */
  record(record: NewStateRecord, at = this.#clock.now()): number {
    this.#file.append({ ...record, at, realAt: Date.now(), speed: this.#clock.speed } as StateRecord);
    return at;
  }
}

/** Throws `STATE_FILE_IN_USE`, `STATE_FILE_DAMAGED` or `STATE_FILE_UNUSABLE`. */
export function openState(path: string | undefined): StateFile {
  return path === undefined ? noStateFile : openStateFile(path);
}
