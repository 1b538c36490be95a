import { EmulatorError } from "./emulator-error.ts";

/** How the emulator's time passes: as ours, not at all until `advance`, or as ours times a factor from a given start. */
export type ClockOption = "real" | "stepped" | { readonly speed: number; readonly startAt?: Date };

/** The emulator's time. Everything the upstream would time is timed by it; nothing else is. */
export interface Clock {
  /** Emulator time, in milliseconds since the epoch. */
  now(): number;
  /** Emulator seconds in one real second; 0 when only `advance` moves the clock. */
  readonly speed: number;
  /** Changes the speed from now on. Throws `INVALID_OPTIONS` if negative or not finite. */
  setSpeed(speed: number): void;
  /**
   * Moves the clock forward by `ms` of emulator time, at any speed. What falls due on the way happens before this
   * returns, in order, each at its own time. Throws `INVALID_OPTIONS` if negative or not finite.
   */
  advance(ms: number): void;
}

interface Alarm {
  readonly at: number;
  readonly ring: (at: number) => void;
}

/** Node clamps a longer timeout to 1 ms. */
const longestTimeoutMs = 2 ** 31 - 1;

/** A {@link Clock} that things can be scheduled on. */
export class AlarmClock implements Clock {
  #speed: number;
  #emulatorAnchor: number;
  #realAnchor = performance.now();
  /** Sorted by time; equal times in order of arrival. */
  readonly #alarms: Alarm[] = [];
  #timeout: NodeJS.Timeout | undefined;
  /** Called after `advance` and `setSpeed`, not as time passes by itself. */
  onMoved: () => void = () => {};

  constructor(option: ClockOption = "real") {
    const { speed, startAt } = typeof option === "object" ? option : { speed: option === "real" ? 1 : 0 };
    assertNonNegative("speed", speed);
    this.#speed = speed;
    this.#emulatorAnchor = startAt?.getTime() ?? Date.now();
  }

  get speed(): number {
    return this.#speed;
  }

  now(): number {
    return Math.round(this.#emulatorAnchor + (performance.now() - this.#realAnchor) * this.#speed);
  }

  setSpeed(speed: number): void {
    assertNonNegative("speed", speed);
    this.#anchorAt(this.now());
    this.#speed = speed;
    this.#rearm();
    this.onMoved();
  }

  advance(ms: number): void {
    assertNonNegative("ms", ms);
    this.#pass(ms);
    this.onMoved();
  }

  #pass(ms: number): void {
    const target = this.now() + ms;
    for (let next = this.#alarms[0]; next !== undefined && next.at <= target; next = this.#alarms[0]) {
      this.#alarms.shift();
      this.#anchorAt(Math.max(next.at, this.now()));
      next.ring(next.at);
    }
    this.#anchorAt(Math.max(target, this.now()));
    this.#rearm();
  }

  /** Rings at emulator time `at`, which it is told; at once if that has passed. */
  at(at: number, ring: (at: number) => void): void {
    if (at <= this.now()) {
      ring(at);
      return;
    }
    const index = this.#alarms.findLastIndex((alarm) => alarm.at <= at) + 1;
    this.#alarms.splice(index, 0, { at, ring });
    if (index === 0) this.#rearm();
  }

  /** Forgets everything scheduled. */
  stop(): void {
    this.#alarms.length = 0;
    clearTimeout(this.#timeout);
  }

  #anchorAt(emulatorNow: number): void {
    this.#emulatorAnchor = emulatorNow;
    this.#realAnchor = performance.now();
  }

  #rearm(): void {
    clearTimeout(this.#timeout);
    const next = this.#alarms[0];
    if (next === undefined || this.#speed === 0) return;
    const delayMs = Math.min(Math.ceil(Math.max(0, next.at - this.now()) / this.#speed), longestTimeoutMs);
    this.#timeout = setTimeout(() => this.#pass(0), delayMs);
  }
}

function assertNonNegative(name: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) {
    throw new EmulatorError("INVALID_OPTIONS", `${name} must be a number of at least 0, not ${value}`);
  }
}
