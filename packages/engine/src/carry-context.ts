import type { PollSchedule, VideoRequest } from "@reelwire/core";
import type { UpstreamClient } from "@reelwire/core/upstream";
import type { LimitFunction } from "p-limit";
import type { EngineDatabase } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import type { EventBus } from "./event-bus.ts";
import type { SubmissionFinder } from "./find-submissions.ts";
import type { Logger } from "./logger.ts";
import type { Claim } from "./store.ts";
import type { CarryTiming } from "./timing.ts";
import type { Uploads } from "./uploads/uploads.ts";
import type { UpstreamGate } from "./upstream-gate.ts";
import type { UpstreamHealthRecord } from "./upstream-health.ts";
import type { NewDelivery } from "./webhooks/outbox.ts";

/** What carrying a video needs. */
export interface CarryContext {
  db: EngineDatabase<EngineSchema>;
  upstream: UpstreamClient;
  bus: EventBus;
  gate: UpstreamGate;
  /** When to poll a generation of such a request. */
  scheduleOf: (request: VideoRequest) => PollSchedule;
  timing: CarryTiming;
  submissions: SubmissionFinder;
  uploads: Pick<Uploads, "areIn" | "asData">;
  /** Submissions with images in them, a few at a time: each holds several copies of up to 27 MiB of text. */
  heavy: LimitFunction;
  health: UpstreamHealthRecord;
  log: Logger;
  random: () => number;
  /** Sees that what is to be told is delivered. Never rejects. */
  tell: (deliveries: readonly NewDelivery[]) => Promise<void>;
  onStep: (step: CarryStep, videoId: string) => void | Promise<void>;
}

/** The moments between which a crash must lose nothing. */
export type CarryStep =
  | "claimed"
  | "submit_started_saved"
  | "submit_answered"
  | "submit_outcome_saved"
  | "settled_saved"
  | "polled"
  | "poll_saved"
  | "archived";

/** One claim of one video's job. */
export interface CarryJob {
  videoId: string;
  claim: Claim;
  /** Aborts when the job is lost or must be handed back: start nothing new. */
  signal: AbortSignal;
  /** Aborts when even an answer under way can no longer be waited for. */
  hardStop: AbortSignal;
  /**
   * Whether the database confirmed within the lease that this node lives. Where it did not, as after a sleep or while the
   * database is away, others may have the job by now, and will as soon as the database says so.
   */
  isHeld(): boolean;
  /** The video is final: what follows is only its file. */
  onFinal(): void;
}
