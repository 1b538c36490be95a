import { randomUUID } from "node:crypto";
import { nanoid } from "nanoid";
import { ApiError } from "./api-error.ts";
import type { ClipRequest, ClipSource } from "./clip/clip-request.ts";
import { pictureSize } from "./clip/clip-request.ts";
import type { AlarmClock } from "./clock.ts";
import { type CreateBody, canonicalModel } from "./create-body.ts";
import { type DurationOption, drawDuration } from "./durations.ts";
import type { Events } from "./events.ts";
import { sticks } from "./fault-spec.ts";
import type { ActiveFault, FaultQueue } from "./faults.ts";
import type { FrameFetcher, Frames } from "./frames.ts";
import type { Generation, GenerationFailure } from "./generation.ts";
import type { Ledger } from "./ledger.ts";
import { priceInCredits } from "./price.ts";
import { seededRandom } from "./random.ts";
import type { LogDelay, RequestLog } from "./request-log.ts";

/** What generations need of the rest of the emulator. */
export interface GenerationsContext {
  readonly clock: AlarmClock;
  readonly events: Events;
  readonly ledger: Ledger;
  readonly log: RequestLog;
  readonly faults: FaultQueue;
  readonly clips: ClipSource;
  readonly frames: FrameFetcher;
  readonly durationMs: DurationOption;
  readonly logDelayMs: LogDelay;
  readonly chargeDelayMs: number;
  readonly fileLifetimeMs: number;
  readonly seed: string | number;
}

/** Who asked for a generation, and what should go wrong with it. */
export interface Submission {
  readonly key: string;
  readonly requestId: string;
  readonly clientRequestId: string | null;
  /** From the request's header and the prompt's markers. */
  readonly faults: readonly { readonly fault: ActiveFault; readonly times: number }[];
}

/** The part of a generation's time that it is `queued`. */
const queuedShare = 0.1;

/** Everything that was accepted, and its course over time. */
export class Generations {
  readonly accepted: Generation[] = [];
  readonly #byId = new Map<string, Generation>();
  readonly #byFile = new Map<string, { generation: Generation; clip: () => Promise<Uint8Array> }>();
  readonly #context: GenerationsContext;

  constructor(context: GenerationsContext) {
    this.#context = context;
  }

  find(id: string): Generation | undefined {
    return this.#byId.get(id);
  }

  /** The completed generation behind a file name, and its file. */
  findFile(fileName: string): { generation: Generation; clip: () => Promise<Uint8Array> } | undefined {
    const found = this.#byFile.get(fileName);
    return found?.generation.status === "completed" ? found : undefined;
  }

  /** From when on the file's URL is refused. */
  fileExpiresAt(generation: Generation): number {
    return (generation.finishesAt ?? 0) + this.#context.fileLifetimeMs;
  }

  /** Takes a generation on, starts to render its file, and sets its course. Throws a 403 if credits do not suffice. */
  accept(body: CreateBody, submission: Submission): Generation {
    const { clock, events, ledger, log, faults, durationMs, logDelayMs, seed } = this.#context;
    const credits = priceInCredits(body);
    if (!ledger.reserve(credits)) throw new ApiError(403, "You've run out of credits. Please top up your balance.");
    const acceptedAt = clock.now();
    const id = nanoid();
    const { clientRequestId, key, requestId } = submission;
    const met = [
      ...submission.faults.filter(({ fault }) => fault.point === "generation").map(({ fault }) => fault),
      ...faults.claim("generation", "accepting", { generationId: null, clientRequestId }),
    ];
    for (const fault of met) faults.announce(fault, acceptedAt);
    const row = { at: acceptedAt, key, model: canonicalModel, requestId, inferenceId: id, clientRequestId };
    const rowDelay = rowDelayOf(met) ?? logDelayMs;
    const listedAt = rowDelay === "finished" ? null : acceptedAt + rowDelay;
    const runMs = drawDuration(durationMs, body, seededRandom(seed, "duration", this.accepted.length));
    const stuck = met.some(({ fault }) => fault === "stuck");
    const generation: Generation = {
      id,
      clientRequestId,
      body,
      acceptedAt,
      status: "queued",
      finishesAt: stuck ? null : acceptedAt + runMs,
      error: null,
      fileName: `${acceptedAt}-${randomUUID()}.mp4`,
      credits,
      logRow: log.add({ ...row, status: "succeeded", listedAt }),
      faults: submission.faults
        .filter(({ fault }) => sticks(fault.point))
        .map(({ fault, times }) => ({ fault, left: times })),
      overdue: Promise.resolve(),
    };
    this.accepted.push(generation);
    this.#byId.set(id, generation);
    events.emit({ type: "accepted", at: acceptedAt, generation });
    this.#setCourse(generation, runMs, failureOf(met));
    return generation;
  }

  #setCourse(generation: Generation, runMs: number, failure: GenerationFailure | null): void {
    const { clock, events, frames } = this.#context;
    const { acceptedAt, finishesAt } = generation;
    clock.at(acceptedAt + runMs * queuedShare, () => {
      generation.status = "generating";
      events.emit({ type: "generating", at: clock.now(), generation });
    });
    const wanted = failure === null && finishesAt !== null ? frames.fetch(generation.body) : null;
    const clip =
      wanted instanceof Promise
        ? wanted.then((got) => this.#render(generation, got))
        : wanted && this.#render(generation, wanted);
    if (finishesAt === null) return;
    clock.at(finishesAt, () => {
      if (failure) this.#fail(generation, failure);
      else if (clip instanceof Promise) generation.overdue = clip.then((outcome) => this.#end(generation, outcome));
      else if (clip) this.#end(generation, clip);
    });
  }

  #render(generation: Generation, frames: Frames): GenerationFailure | "rendering" {
    if ("failure" in frames) return frames.failure;
    const { body, fileName } = generation;
    const request: ClipRequest = {
      prompt: body.prompt,
      ...pictureSize(body),
      seconds: body.duration,
      sound: body.generate_audio,
      firstFrame: frames.first,
      lastFrame: frames.last,
    };
    const clip = () => this.#context.clips.clip(request);
    this.#byFile.set(fileName, { generation, clip });
    // Started now, so that the file is there when the clock says so; a failure shows when the file is asked for.
    clip().catch(() => {});
    return "rendering";
  }

  #end(generation: Generation, outcome: GenerationFailure | "rendering"): void {
    if (outcome === "rendering") this.#complete(generation);
    else this.#fail(generation, outcome);
  }

  #complete(generation: Generation): void {
    const { clock, events, ledger, chargeDelayMs } = this.#context;
    const { id, credits } = generation;
    generation.status = "completed";
    this.#listRow(generation);
    events.emit({ type: "completed", at: clock.now(), generation });
    clock.at(clock.now() + chargeDelayMs, () => {
      const charge = ledger.charge(id, credits, canonicalModel, clock.now());
      events.emit({ type: "charged", at: charge.at, charge });
    });
  }

  #fail(generation: Generation, failure: GenerationFailure): void {
    const { clock, events, ledger } = this.#context;
    generation.status = "error";
    generation.error = failure;
    generation.logRow.status = "failed";
    ledger.release(generation.credits);
    this.#listRow(generation);
    events.emit({ type: "failed", at: clock.now(), generation });
  }

  #listRow({ logRow }: Generation): void {
    logRow.listedAt ??= this.#context.clock.now();
  }
}

function failureOf(faults: readonly ActiveFault[]): GenerationFailure | null {
  const failing = faults.find(({ fault }) => fault === "generation-error");
  if (!failing) return null;
  const [name, ...message] = (failing.value ?? "").split(":");
  return {
    name: name || "generation_failed",
    message: message.join(":") || "The provider could not generate this video.",
  };
}

function rowDelayOf(faults: readonly ActiveFault[]): LogDelay | null {
  const late = faults.find(({ fault }) => fault === "late-log-row");
  if (!late) return null;
  const ms = Number(late.value ?? Number.NaN);
  return Number.isFinite(ms) ? ms : "finished";
}
