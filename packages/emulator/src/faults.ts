import { EmulatorError } from "./emulator-error.ts";
import type { Events } from "./events.ts";
import { type FaultMoment, faultEffects } from "./fault-effects.ts";
import { type FaultName, type FaultNameAt, type FaultPoint, findFault } from "./fault-list.ts";
import type { FaultSpec } from "./fault-spec.ts";
import { Gate } from "./gate.ts";
import { type Random, seededRandom } from "./random.ts";

/** A fault to inject at a point, its name checked against the point. */
export type FaultRequest = {
  readonly [P in FaultPoint]: {
    readonly on: P;
    readonly fault: FaultNameAt<P>;
    /** How often it takes effect; default 1. */
    readonly times?: number;
    /** See the fault's own documentation. */
    readonly value?: string | number;
    /** Only for requests about this generation. */
    readonly generationId?: string;
    /** Only for requests that carry this `X-Client-Request-Id`. */
    readonly clientRequestId?: string;
  };
}[FaultPoint];

/** A fault that each request at a point meets with a probability from 0 to 1, drawn from the emulator's seed. */
export type FaultChance = {
  readonly [P in FaultPoint]: {
    readonly on: P;
    readonly fault: FaultNameAt<P>;
    readonly probability: number;
    readonly value?: string | number;
  };
}[FaultPoint];

/** What goes wrong without being asked for again: a list, first come first served, and a seeded mix. */
export interface FaultScenario {
  readonly list?: readonly FaultRequest[];
  readonly mix?: readonly FaultChance[];
}

/** A hold on a fault that was asked for. */
export interface FaultHandle {
  /** How often it has taken effect. */
  readonly hits: number;
  /** Resolves when it takes effect for the first time. */
  readonly hit: Promise<void>;
  /** Lets go of what it holds, now and from now on. Only `held` and `held-after-accepting` hold anything. */
  release(): void;
  /** It takes no further effect; what it holds is let go. */
  cancel(): void;
}

/** Faults on demand. */
export interface Faults {
  /**
   * The next `times` requests (or generations) at the point meet the fault. Several for one point queue up; each request
   * takes the first that concerns it. Throws `INVALID_FAULT` for one that does not exist or not there.
   */
  next(request: FaultRequest): FaultHandle;
  /** Lets go of every request that is held. */
  release(): void;
  /** Drops whatever was asked for by `next` or the scenario, and lets go of what is held. */
  clear(): void;
}

/** A fault waiting for its turn, or in effect. */
export interface ActiveFault {
  readonly fault: FaultName;
  readonly point: FaultPoint;
  readonly value: string | undefined;
  readonly gate: Gate;
}

/** What a fault is matched against. */
export interface FaultSubject {
  readonly generationId: string | null;
  readonly clientRequestId: string | null;
}

interface Queued extends ActiveFault {
  readonly request: FaultRequest;
  readonly onHit: () => void;
  left: number;
}

interface Chance extends ActiveFault {
  readonly probability: number;
  readonly random: Random;
}

/** The faults nobody has met yet. */
export class FaultQueue implements Faults {
  #queue: Queued[] = [];
  #mix: Chance[] = [];
  readonly #waiting = new Set<Gate>();
  readonly #events: Events;

  constructor(events: Events, scenario: FaultScenario, seed: string | number) {
    this.#events = events;
    for (const request of scenario.list ?? []) this.next(request);
    this.#mix = (scenario.mix ?? []).map((chance, index) => ({
      ...activate(chance),
      probability: chance.probability,
      random: seededRandom(seed, "fault", index),
    }));
  }

  next(request: FaultRequest): FaultHandle {
    const { times = 1 } = request;
    if (!(times >= 1)) throw new EmulatorError("INVALID_FAULT", `times must be at least 1, not ${times}`);
    const { promise, resolve } = Promise.withResolvers<void>();
    let hits = 0;
    const onHit = () => {
      hits += 1;
      resolve();
    };
    const queued: Queued = { ...activate(request), request, left: times, onHit };
    this.#queue.push(queued);
    return {
      get hits() {
        return hits;
      },
      hit: promise,
      release: () => queued.gate.open(),
      cancel: () => {
        this.#queue = this.#queue.filter((other) => other !== queued);
        queued.gate.open();
      },
    };
  }

  release(): void {
    for (const gate of this.#waiting) gate.open();
  }

  clear(): void {
    for (const queued of this.#queue) queued.gate.open();
    this.#queue = [];
    this.#mix = [];
    this.release();
  }

  /**
   * What the subject meets at this point and moment: the first of the queue and whatever the mix draws. `concerns` says
   * of a fault whether it would change anything; one that would not stays where it is.
   */
  claim(
    point: FaultPoint,
    moment: FaultMoment,
    subject: FaultSubject,
    concerns: (fault: ActiveFault) => boolean = () => true,
  ): ActiveFault[] {
    const eligible = (fault: ActiveFault) =>
      fault.point === point && faultEffects[fault.fault].when === moment && concerns(fault);
    const first = this.#queue.find((queued) => eligible(queued) && isAbout(queued.request, subject));
    if (first) {
      first.left -= 1;
      if (first.left === 0) this.#queue = this.#queue.filter((queued) => queued !== first);
      first.onHit();
    }
    const drawn = this.#mix.filter((chance) => eligible(chance) && chance.random() < chance.probability);
    return first ? [first, ...drawn] : drawn;
  }

  /** Says that a fault takes effect. */
  announce(fault: ActiveFault, at: number): void {
    this.#events.emit({ type: "fault", at, point: fault.point, fault: fault.fault });
  }

  /** Waits until the fault is released, or throws the signal's reason. */
  async hold(fault: ActiveFault, signal: AbortSignal): Promise<void> {
    this.#waiting.add(fault.gate);
    try {
      await fault.gate.passed(signal);
    } finally {
      this.#waiting.delete(fault.gate);
    }
  }
}

/** A fault of a header or a prompt marker. */
export function activateSpec(spec: FaultSpec): ActiveFault {
  return { fault: spec.fault, point: spec.point, value: spec.value, gate: new Gate() };
}

function activate(request: { on: FaultPoint; fault: FaultName; value?: string | number }): ActiveFault {
  const { on, fault, value } = request;
  if (!findFault(fault)?.on.includes(on)) {
    throw new EmulatorError("INVALID_FAULT", `There is no fault '${fault}' on '${on}'`);
  }
  return { fault, point: on, value: value === undefined ? undefined : String(value), gate: new Gate() };
}

function isAbout(request: FaultRequest, subject: FaultSubject): boolean {
  const { generationId = subject.generationId, clientRequestId = subject.clientRequestId } = request;
  return generationId === subject.generationId && clientRequestId === subject.clientRequestId;
}
