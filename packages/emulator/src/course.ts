import { type ClipRequest, type ClipSource, pictureSize } from "./clip/clip-request.ts";
import type { AlarmClock } from "./clock.ts";
import { canonicalModel } from "./create-body.ts";
import type { Events } from "./events.ts";
import { type FrameFetcher, type Frames, noFrames, readDataUri } from "./frames.ts";
import type { Generation, GenerationFailure } from "./generation.ts";
import type { Ledger } from "./ledger.ts";
import type { State } from "./state.ts";
import type { RecordOf } from "./state-record.ts";

/** The part of a generation's time that it is `queued`. */
const queuedShare = 0.1;

/** What courses need of the rest of the emulator. */
export interface CourseContext {
  readonly clock: AlarmClock;
  readonly events: Events;
  readonly ledger: Ledger;
  readonly state: State;
  readonly clips: ClipSource;
  readonly frames: FrameFetcher;
}

/** How a generation will go. */
type Plan = Pick<RecordOf<"accepted">, "runMs" | "failure" | "chargeDelayMs">;

interface Course {
  readonly generation: Generation;
  readonly chargeDelayMs: number;
  /** Null until they have arrived. */
  frames: Frames | null;
  readonly arrived: PromiseWithResolvers<void>;
  /** Its time is over, and its frames are not there yet. */
  due: boolean;
}

type File = { readonly generation: Generation; readonly clip: () => Promise<Uint8Array> };

/** What becomes of generations over time. The same plans give the same ends and charges, each at the same time. */
export class Courses {
  /** Those that end with a file, until they have ended. */
  readonly #underWay = new Map<string, Course>();
  readonly #byFile = new Map<string, File>();
  readonly #context: CourseContext;

  constructor(context: CourseContext) {
    this.#context = context;
  }

  /** The file of a completed generation. */
  findFile(fileName: string): File | undefined {
    const found = this.#byFile.get(fileName);
    return found?.generation.status === "completed" ? found : undefined;
  }

  set(generation: Generation, { runMs, failure, chargeDelayMs }: Plan): void {
    const { clock, events } = this.#context;
    const { acceptedAt, finishesAt } = generation;
    clock.at(acceptedAt + runMs * queuedShare, () => {
      generation.status = "generating";
      events.emit({ type: "generating", at: clock.now(), generation });
    });
    if (finishesAt === null) return;
    if (failure) {
      clock.at(finishesAt, (at) => this.#fail(generation, failure, at));
      return;
    }
    const arrived = Promise.withResolvers<void>();
    const course: Course = { generation, chargeDelayMs, frames: null, arrived, due: false };
    this.#underWay.set(generation.id, course);
    const { image_url, last_image_url } = generation.body;
    if (image_url === undefined && last_image_url === undefined) this.#arrive(course, noFrames, acceptedAt);
    clock.at(finishesAt, (at) => {
      course.due = true;
      if (course.frames) this.#end(course, course.frames, at);
      else generation.overdue = arrived.promise;
    });
  }

  /** Fetches its frames, unless they are there, and renders its file. */
  begin(generation: Generation): void {
    const course = this.#underWay.get(generation.id);
    if (!course) return;
    if (course.frames) this.#render(generation);
    else void this.#fetch(course);
  }

  restoreFrames(generation: Generation, { failure, first, last, at }: RecordOf<"frames">): void {
    const course = this.#underWay.get(generation.id);
    if (!course) return;
    const { image_url, last_image_url } = generation.body;
    const image = (kept: string | null, url = "") => (kept === null ? readDataUri(url) : Buffer.from(kept, "base64"));
    const frames = failure ? { failure } : { first: image(first, image_url), last: image(last, last_image_url) };
    this.#arrive(course, frames, at);
  }

  async #fetch(course: Course): Promise<void> {
    const { clock, frames } = this.#context;
    const got = await frames.fetch(course.generation.body);
    this.#keepFrames(course.generation, got);
    this.#arrive(course, got, clock.now());
    this.#render(course.generation);
  }

  #keepFrames({ id, body }: Generation, frames: Frames): void {
    const text = (image: Uint8Array | null, url = "") =>
      image === null || readDataUri(url) ? null : Buffer.from(image).toString("base64");
    const kept =
      "failure" in frames
        ? { failure: frames.failure, first: null, last: null }
        : { failure: null, first: text(frames.first, body.image_url), last: text(frames.last, body.last_image_url) };
    try {
      this.#context.state.record({ type: "frames", id, ...kept });
    } catch {
      // The disk is full, say: the next process will fetch them again.
    }
  }

  #arrive(course: Course, frames: Frames, at: number): void {
    const { generation, arrived } = course;
    course.frames = frames;
    if (!("failure" in frames)) {
      const { body, fileName } = generation;
      const request: ClipRequest = {
        prompt: body.prompt,
        ...pictureSize(body),
        seconds: body.duration,
        sound: body.generate_audio,
        firstFrame: frames.first,
        lastFrame: frames.last,
      };
      this.#byFile.set(fileName, { generation, clip: () => this.#context.clips.clip(request) });
    }
    if (course.due) this.#end(course, frames, at);
    arrived.resolve();
  }

  /** Early, so that the file is there when the clock says so; a failure shows when the file is asked for. */
  #render({ fileName }: Generation): void {
    this.#byFile
      .get(fileName)
      ?.clip()
      .catch(() => {});
  }

  #end({ generation, chargeDelayMs }: Course, frames: Frames, at: number): void {
    this.#underWay.delete(generation.id);
    if ("failure" in frames) this.#fail(generation, frames.failure, at);
    else this.#complete(generation, chargeDelayMs, at);
  }

  #complete(generation: Generation, chargeDelayMs: number, at: number): void {
    const { clock, events, ledger } = this.#context;
    const { id, credits, logRow } = generation;
    generation.status = "completed";
    logRow.listedAt ??= at;
    events.emit({ type: "completed", at, generation });
    clock.at(at + chargeDelayMs, (chargedAt) => {
      const charge = ledger.charge(id, credits, canonicalModel, chargedAt);
      events.emit({ type: "charged", at: chargedAt, charge });
    });
  }

  #fail(generation: Generation, failure: GenerationFailure, at: number): void {
    const { events, ledger } = this.#context;
    generation.status = "error";
    generation.error = failure;
    generation.logRow.status = "failed";
    generation.logRow.listedAt ??= at;
    ledger.release(generation.credits);
    events.emit({ type: "failed", at, generation });
  }
}
