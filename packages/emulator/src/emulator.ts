import type { Clock } from "./clock.ts";
import type { Endpoint } from "./endpoints.ts";
import type { EmulatorEvent } from "./events.ts";
import type { Faults } from "./faults.ts";
import type { AcceptedGeneration } from "./generation.ts";
import type { Charge } from "./ledger.ts";
import type { Listener } from "./listener.ts";
import type { RecordedRequest } from "./recorded-requests.ts";
import type { Upstream } from "./upstream.ts";

/** A running emulator. Lists grow as things happen; what was read from them stays true. */
export interface Emulator extends AsyncDisposable {
  /** Base URL, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The first key that is accepted. */
  readonly apiKey: string;
  readonly clock: Clock;
  readonly faults: Faults;
  /** Every generation that was accepted, in order. */
  readonly accepted: readonly AcceptedGeneration[];
  /** Every charge that has landed, in order. */
  readonly charges: readonly Charge[];
  /** Balance in USD, as billing reports it. */
  readonly balanceUsd: number;
  /** The latest 100,000 requests, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** All requests, counted by endpoint. */
  readonly requestCounts: Readonly<Record<Endpoint, number>>;
  /**
   * The first event from now on for which `matches` returns true. Rejects with what `matches` throws, with the signal's
   * reason, or with `CLOSED`.
   */
  waitFor(matches: (event: EmulatorEvent) => boolean, options?: { signal?: AbortSignal }): Promise<EmulatorEvent>;
  /**
   * Resolves as soon as `condition` holds: looked at now and after each event. Rejects like `waitFor`.
   *
   * @example await emulator.until(() => emulator.requestCounts.status >= 3);
   */
  until(condition: () => boolean, options?: { signal?: AbortSignal }): Promise<void>;
  /** Every event from now on; ends when the emulator is closed or the signal aborts. */
  events(options?: { signal?: AbortSignal }): AsyncIterableIterator<EmulatorEvent>;
  /** Stops listening and cuts every connection; time goes on and everything is remembered. Connecting is refused. */
  goDown(): Promise<void>;
  /** Listens again on the same port. Throws `CANNOT_LISTEN` if it was taken meanwhile. */
  comeUp(): Promise<void>;
  /** `goDown`, then `comeUp`. */
  restart(): Promise<void>;
  /** Ends everything: server, waits (`CLOSED`), held requests, rendering. May be called twice. */
  close(): Promise<void>;
}

/** The {@link Emulator} that `startEmulator` returns. */
export class RunningEmulator implements Emulator {
  readonly #upstream: Upstream;
  readonly #listener: Listener;
  readonly #dispose: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(upstream: Upstream, listener: Listener, dispose: () => Promise<void>) {
    this.#upstream = upstream;
    this.#listener = listener;
    this.#dispose = dispose;
  }

  get url() {
    return this.#listener.url;
  }

  get port() {
    return this.#listener.port;
  }

  get apiKey() {
    const [first = ""] = this.#upstream.keys;
    return first;
  }

  get clock(): Clock {
    return this.#upstream.clock;
  }

  get faults(): Faults {
    return this.#upstream.faults;
  }

  get accepted(): readonly AcceptedGeneration[] {
    return this.#upstream.generations.accepted;
  }

  get charges(): readonly Charge[] {
    return this.#upstream.ledger.charges;
  }

  get balanceUsd() {
    return this.#upstream.ledger.balanceUsd;
  }

  get requests(): readonly RecordedRequest[] {
    return this.#upstream.requests.list;
  }

  get requestCounts(): Readonly<Record<Endpoint, number>> {
    return this.#upstream.requests.counts;
  }

  waitFor(matches: (event: EmulatorEvent) => boolean, options: { signal?: AbortSignal } = {}) {
    return this.#upstream.events.next(matches, options.signal);
  }

  async until(condition: () => boolean, options: { signal?: AbortSignal } = {}) {
    if (!condition()) await this.#upstream.events.next(condition, options.signal);
  }

  events(options: { signal?: AbortSignal } = {}) {
    return this.#upstream.events.iterate(options.signal);
  }

  goDown() {
    return this.#listener.down();
  }

  comeUp() {
    return this.#listener.up();
  }

  async restart() {
    await this.goDown();
    await this.comeUp();
  }

  close(): Promise<void> {
    this.#closing ??= this.#listener.down().then(this.#dispose);
    return this.#closing;
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }
}
