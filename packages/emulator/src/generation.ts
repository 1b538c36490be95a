import type { CreateBody } from "./create-body.ts";
import type { ActiveFault } from "./faults.ts";
import type { LogRow } from "./request-log.ts";

/** How a generation that failed is reported. */
export interface GenerationFailure {
  readonly name: string;
  readonly message: string;
}

/** A generation the emulator accepted. Its fields show it as it is now. Times are emulator time, ms since the epoch. */
export interface AcceptedGeneration {
  readonly id: string;
  /** The `X-Client-Request-Id` it was asked for with; null if there was none or an invalid one. */
  readonly clientRequestId: string | null;
  /** What was asked for, defaults filled in. */
  readonly body: CreateBody;
  readonly acceptedAt: number;
  readonly status: "queued" | "generating" | "completed" | "error";
  /** When it will end, or ended; null if it never will. */
  readonly finishesAt: number | null;
  readonly error: GenerationFailure | null;
}

/** The same, as the emulator itself keeps it. */
export interface Generation extends AcceptedGeneration {
  status: AcceptedGeneration["status"];
  error: GenerationFailure | null;
  /** The file's name in its URL. */
  readonly fileName: string;
  readonly credits: number;
  /** From the end to the expiry of the file's URL. */
  readonly fileLifetimeMs: number;
  readonly logRow: LogRow;
  /** Faults that stick to it, and how often each will still take effect. */
  readonly faults: { readonly fault: ActiveFault; left: number }[];
  /** Pending from the time it should have ended until its first and last frame have arrived; resolved otherwise. */
  overdue: Promise<void>;
}

/** A generation as create and status answer with it. */
export interface GenerationAnswer {
  readonly id: string;
  readonly status: string;
  readonly video: { readonly url: string } | null;
  readonly error: GenerationFailure | null;
  readonly meta: { readonly usage: { readonly credits_used: number; readonly usd_spent: number } } | null;
}
