import { randomUUID } from "node:crypto";
import { nanoid } from "nanoid";
import { ApiError } from "./api-error.ts";
import { type CourseContext, Courses } from "./course.ts";
import { type CreateBody, canonicalModel } from "./create-body.ts";
import { type DurationOption, drawDuration } from "./durations.ts";
import { sticks } from "./fault-spec.ts";
import type { ActiveFault, FaultQueue } from "./faults.ts";
import { Gate } from "./gate.ts";
import type { Generation, GenerationFailure } from "./generation.ts";
import { priceInCredits } from "./price.ts";
import { seededRandom } from "./random.ts";
import type { LogDelay, LogRow, RequestLog } from "./request-log.ts";
import type { NewStateRecord, RecordOf } from "./state-record.ts";

/** What generations need of the rest of the emulator. */
export interface GenerationsContext extends CourseContext {
  readonly log: RequestLog;
  readonly faults: FaultQueue;
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

/** What is kept of a generation, without the time. */
type Accepted = Extract<NewStateRecord, { type: "accepted" }>;

/** Everything that was accepted. */
export class Generations {
  readonly accepted: Generation[] = [];
  readonly #byId = new Map<string, Generation>();
  readonly #courses: Courses;
  readonly #context: GenerationsContext;

  constructor(context: GenerationsContext) {
    this.#context = context;
    this.#courses = new Courses(context);
  }

  find(id: string): Generation | undefined {
    return this.#byId.get(id);
  }

  /** The completed generation behind a file name, and its file. */
  findFile(fileName: string): { generation: Generation; clip: () => Promise<Uint8Array> } | undefined {
    return this.#courses.findFile(fileName);
  }

  /** From when on the file's URL is refused. */
  fileExpiresAt(generation: Generation): number {
    return (generation.finishesAt ?? 0) + generation.fileLifetimeMs;
  }

  /** Takes a generation on, starts to render its file, and sets its course. Throws a 403 if credits do not suffice. */
  accept(body: CreateBody, submission: Submission): Generation {
    const { clock, events, ledger, faults, state, durationMs, logDelayMs, seed } = this.#context;
    const { chargeDelayMs, fileLifetimeMs } = this.#context;
    const credits = priceInCredits(body);
    if (!ledger.covers(credits)) throw new ApiError(403, "You've run out of credits. Please top up your balance.");
    const acceptedAt = clock.now();
    const id = nanoid();
    const { clientRequestId, key, requestId } = submission;
    const met = [
      ...submission.faults.filter(({ fault }) => fault.point === "generation").map(({ fault }) => fault),
      ...faults.claim("generation", "accepting", { generationId: null, clientRequestId }),
    ];
    for (const fault of met) faults.announce(fault, acceptedAt);
    const rowDelay = rowDelayOf(met) ?? logDelayMs;
    const row: LogRow = {
      at: acceptedAt,
      key,
      model: canonicalModel,
      requestId,
      inferenceId: id,
      clientRequestId,
      status: "succeeded",
      listedAt: rowDelay === "finished" ? null : acceptedAt + rowDelay,
    };
    const record: Accepted = {
      type: "accepted",
      id,
      body,
      runMs: drawDuration(durationMs, body, seededRandom(seed, "duration", this.accepted.length)),
      stuck: met.some(({ fault }) => fault === "stuck"),
      failure: failureOf(met),
      fileName: `${acceptedAt}-${randomUUID()}.mp4`,
      credits,
      chargeDelayMs,
      fileLifetimeMs,
      row,
      faults: submission.faults.flatMap(({ fault: { fault, point, value }, times }) =>
        sticks(point) ? [{ fault, point, value: value ?? null, times: Number.isFinite(times) ? times : null }] : [],
      ),
    };
    state.record(record, acceptedAt);
    const generation = this.#add(record);
    events.emit({ type: "accepted", at: acceptedAt, generation });
    this.#courses.set(generation, record);
    this.#courses.begin(generation);
    return generation;
  }

  /** Takes on what an earlier process accepted; {@link resume} follows. */
  restore(record: RecordOf<"accepted">): void {
    this.#courses.set(this.#add(record), record);
  }

  restoreFrames(record: RecordOf<"frames">): void {
    this.#courses.restoreFrames(this.#known(record.id), record);
  }

  restoreFault({ id, index }: RecordOf<"fault-met">): void {
    const fault = this.#known(id).faults[index];
    if (fault) fault.left -= 1;
  }

  /** Goes on with everything that was restored and has not ended. */
  resume(): void {
    for (const generation of this.accepted) {
      if (generation.status === "queued" || generation.status === "generating") this.#courses.begin(generation);
    }
  }

  /** A fault that sticks to a generation takes effect once more. */
  countFault(generation: Generation, fault: Generation["faults"][number]): void {
    const index = generation.faults.indexOf(fault);
    if (Number.isFinite(fault.left)) this.#context.state.record({ type: "fault-met", id: generation.id, index });
    fault.left -= 1;
  }

  #add({ id, body, runMs, stuck, fileName, credits, fileLifetimeMs, row, faults }: Accepted): Generation {
    const { ledger, log } = this.#context;
    const generation: Generation = {
      id,
      clientRequestId: row.clientRequestId,
      body,
      acceptedAt: row.at,
      status: "queued",
      finishesAt: stuck ? null : row.at + runMs,
      error: null,
      fileName,
      credits,
      fileLifetimeMs,
      logRow: log.add(row),
      faults: faults.map(({ fault, point, value, times }) => ({
        fault: { fault, point, value: value ?? undefined, gate: new Gate() },
        left: times ?? Number.POSITIVE_INFINITY,
      })),
      overdue: Promise.resolve(),
    };
    ledger.reserve(credits);
    this.accepted.push(generation);
    this.#byId.set(id, generation);
    return generation;
  }

  #known(id: string): Generation {
    const generation = this.#byId.get(id);
    if (!generation) throw new Error(`there is no generation ${id} in it`);
    return generation;
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
