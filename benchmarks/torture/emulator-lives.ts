import { setTimeout as wait } from "node:timers/promises";
import {
  type Emulator,
  EmulatorError,
  type EmulatorEvent,
  type EmulatorOptions,
  type RecordedRequest,
  startEmulator,
} from "../../packages/emulator/src/index.ts";
import { mixOfEveryFault } from "./fault-mix.ts";
import { GENERATION_MS } from "./settings.ts";
import { TakesTurns } from "./take-turns.ts";

/** How often everything that is held is let go, in milliseconds. */
const RELEASE_EVERY_MS = 2_000;
/** How long another program may have the port, in tries of half a second. */
const TRIES = 20;

/** A status request from its arrival to its answer, in emulator time. */
export interface AnsweredPoll {
  generationId: string;
  from: number;
  to: number;
  /** `null`: cut off. */
  status: number | null;
}

/** One emulator after another, with the same memory, at the same address. */
export class EmulatorLives extends TakesTurns {
  readonly #options: EmulatorOptions;
  readonly #earlierRequests: RecordedRequest[] = [];
  readonly #releasing: NodeJS.Timeout;
  #emulator: Emulator;
  /** How often each fault took effect, as `point/name`. */
  readonly faultsMet = new Map<string, number>();
  readonly polls: AnsweredPoll[] = [];

  private constructor(options: EmulatorOptions, emulator: Emulator) {
    super();
    this.#options = { ...options, port: emulator.port };
    this.#emulator = emulator;
    this.#observe(emulator);
    this.#releasing = setInterval(() => this.#emulator.faults.release(), RELEASE_EVERY_MS);
  }

  static async begin({
    seed,
    port,
    stateFile,
  }: {
    seed: number;
    port: number;
    stateFile: string;
  }): Promise<EmulatorLives> {
    const options: EmulatorOptions = {
      seed,
      port,
      stateFile,
      clip: "cached",
      durationMs: GENERATION_MS,
      logDelayMs: 500,
      chargeDelayMs: 300,
      faults: { mix: mixOfEveryFault() },
    };
    return new EmulatorLives(options, await startEmulator(options));
  }

  /** The one that runs now. */
  get now(): Emulator {
    return this.#emulator;
  }

  /** Every request to any of them, in order. */
  get requests(): RecordedRequest[] {
    return [...this.#earlierRequests, ...this.#emulator.requests];
  }

  /** Refuses connections for so long. */
  async goDownFor(ms: number): Promise<void> {
    await this.#emulator.goDown();
    await wait(ms);
    await whenPortIsFree(() => this.#emulator.comeUp());
  }

  /** Ends it, and after so long starts another from what it has written down. */
  async beginAnewAfter(ms: number): Promise<void> {
    const ended = this.#emulator;
    await ended.close();
    this.#earlierRequests.push(...ended.requests);
    await wait(ms);
    // Another seed: the same draws again would have the first requests of each life meet the same faults.
    const seed = `${this.#options.seed} after ${this.#earlierRequests.length}`;
    this.#emulator = await whenPortIsFree(() => startEmulator({ ...this.#options, seed }));
    this.#observe(this.#emulator);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#releasing);
    await this.#emulator.close();
  }

  async #observe(emulator: Emulator): Promise<void> {
    for await (const event of emulator.events()) this.#note(event);
  }

  #note(event: EmulatorEvent): void {
    if (event.type === "fault") {
      const name = `${event.point}/${event.fault}`;
      this.faultsMet.set(name, (this.faultsMet.get(name) ?? 0) + 1);
    }
    if (event.type === "answered" && event.request.endpoint === "status") {
      const { generationId, at, status } = event.request;
      if (generationId !== null) this.polls.push({ generationId, from: at, to: event.at, status });
    }
  }
}

async function whenPortIsFree<T>(listen: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await listen();
    } catch (error) {
      if (!(error instanceof EmulatorError) || error.code !== "CANNOT_LISTEN" || tries === TRIES) throw error;
      await wait(500);
    }
  }
}
