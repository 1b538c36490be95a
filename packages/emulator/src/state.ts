import { AlarmClock, type ClockOption } from "./clock.ts";
import type { StateFile } from "./state-file.ts";
import type { NewStateRecord, StateRecord } from "./state-record.ts";

/** Writes down what the next process has to know. */
export class State {
  readonly #file: StateFile;
  readonly #clock: AlarmClock;

  constructor(file: StateFile, clock: AlarmClock) {
    this.#file = file;
    this.#clock = clock;
  }

  /** When this returns, the record survives the process. */
  record(record: NewStateRecord, at = this.#clock.now()): void {
    this.#file.append({ ...record, at, realAt: realNow(), speed: this.#clock.speed } as StateRecord);
  }
}

/** A clock that stands where the file begins; {@link catchUp} brings it to the present. */
export function clockAtBeginning({ records: [first] }: StateFile, option: ClockOption): AlarmClock {
  return new AlarmClock(first ? { speed: 0, startAt: new Date(first.at) } : option);
}

/** Lets the time pass that has passed since the last record, at the speed of then, and goes on at that of the option. */
export function catchUp(clock: AlarmClock, { records }: StateFile, option: ClockOption): void {
  const last = records.at(-1);
  if (!last) return;
  const passed = last.at + Math.max(0, realNow() - last.realAt) * last.speed;
  // A real clock that was slow, as after a sleep of the machine, is put right.
  const now = option === "real" ? Math.max(passed, Date.now()) : passed;
  clock.advance(Math.max(0, Math.round(now) - clock.now()));
  clock.setSpeed(new AlarmClock(option).speed);
}

/** Our time to a fraction of a millisecond: a whole one would be a second of a clock at speed 1,000, which would run back by as much. */
function realNow(): number {
  return performance.timeOrigin + performance.now();
}
