import type { Endpoint } from "./endpoints.ts";
import type { Events } from "./events.ts";

/** One HTTP request as the emulator saw it; its own control surface is not recorded. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly endpoint: Endpoint;
  /** Emulator time of arrival, in milliseconds since the epoch. */
  readonly at: number;
  readonly clientRequestId: string | null;
  /** The generation it was about, once that is known. */
  readonly generationId: string | null;
  /** Of the answer; null while there is none, and for good if the connection was cut instead. */
  readonly status: number | null;
}

type Entry = { -readonly [K in keyof RecordedRequest]: RecordedRequest[K] };

/** Enough for any test; an emulator left running for weeks should not grow for ever. */
const mostKept = 100_000;

/** The latest requests, and a count of all. */
export class RecordedRequests {
  readonly list: RecordedRequest[] = [];
  readonly counts: Record<Endpoint, number>;
  readonly #events: Events;

  constructor(endpoints: readonly Endpoint[], events: Events) {
    this.counts = Object.fromEntries(endpoints.map((endpoint) => [endpoint, 0])) as Record<Endpoint, number>;
    this.#events = events;
  }

  arrived(request: Omit<RecordedRequest, "status" | "generationId">): Entry {
    const entry: Entry = { ...request, generationId: null, status: null };
    this.counts[entry.endpoint] += 1;
    this.list.push(entry);
    if (this.list.length > mostKept) this.list.shift();
    this.#events.emit({ type: "request", at: entry.at, request: entry });
    return entry;
  }

  /** `status` null: the connection was cut. */
  answered(entry: Entry, status: number | null, at: number): void {
    entry.status = status;
    this.#events.emit({ type: "answered", at, request: entry });
  }
}
