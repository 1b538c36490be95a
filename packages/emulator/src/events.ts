import { EventEmitter, on } from "node:events";
import { EmulatorError } from "./emulator-error.ts";
import type { FaultName, FaultPoint } from "./fault-list.ts";
import type { AcceptedGeneration } from "./generation.ts";
import type { Charge } from "./ledger.ts";
import type { RecordedRequest } from "./recorded-requests.ts";

/**
 * What happens in the emulator. `at` is emulator time, in milliseconds since the epoch. `request` is a request's arrival,
 * `answered` its answer (status null: the connection was cut instead); `fault` a fault taking effect.
 */
export type EmulatorEvent =
  | { readonly type: "request" | "answered"; readonly at: number; readonly request: RecordedRequest }
  | {
      readonly type: "accepted" | "generating" | "completed" | "failed";
      readonly at: number;
      readonly generation: AcceptedGeneration;
    }
  | { readonly type: "charged"; readonly at: number; readonly charge: Charge }
  | { readonly type: "fault"; readonly at: number; readonly point: FaultPoint; readonly fault: FaultName };

/** Tells whoever listens what happens, in order, at the moment it happens. */
export class Events {
  readonly #emitter = new EventEmitter<{ event: [EmulatorEvent] }>().setMaxListeners(0);
  readonly #closing = new AbortController();

  emit(event: EmulatorEvent): void {
    this.#emitter.emit("event", event);
  }

  listen(listener: (event: EmulatorEvent) => void): () => void {
    this.#emitter.on("event", listener);
    return () => this.#emitter.off("event", listener);
  }

  /** The first event from now on that `matches`. */
  next(matches: (event: EmulatorEvent) => boolean, signal?: AbortSignal): Promise<EmulatorEvent> {
    const signals = signal ? [signal, this.#closing.signal] : [this.#closing.signal];
    const stopped = AbortSignal.any(signals);
    return new Promise((resolve, reject) => {
      const settle = () => {
        stopListening();
        stopped.removeEventListener("abort", abort);
      };
      const abort = () => {
        settle();
        reject(stopped.reason);
      };
      const stopListening = this.listen((event) => {
        try {
          if (!matches(event)) return;
          settle();
          resolve(event);
        } catch (error) {
          settle();
          reject(error);
        }
      });
      stopped.addEventListener("abort", abort);
      if (stopped.aborted) abort();
    });
  }

  /** Every event from now on; ends when the emulator is closed or the signal aborts. */
  iterate(signal?: AbortSignal): AsyncGenerator<EmulatorEvent, void, undefined> {
    const stopped = AbortSignal.any(signal ? [signal, this.#closing.signal] : [this.#closing.signal]);
    // Listening begins here, not at the first step of the generator.
    return untilStopped(stopped.aborted ? [] : on(this.#emitter, "event", { signal: stopped }), stopped);
  }

  close(): void {
    this.#closing.abort(new EmulatorError("CLOSED", "The emulator was closed."));
  }
}

async function* untilStopped(
  emissions: AsyncIterable<EmulatorEvent[]> | Iterable<EmulatorEvent[]>,
  stopped: AbortSignal,
): AsyncGenerator<EmulatorEvent, void, undefined> {
  try {
    for await (const [event] of emissions) if (event) yield event;
  } catch (error) {
    if (!stopped.aborted) throw error;
  }
}
