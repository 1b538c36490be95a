import { clientRequestId, isFinal, type VideoStatus } from "@reelwire/core";
import { type Emulator, type FaultRequest, startEmulator } from "@reelwire/emulator";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelVideo } from "../../src/cancel-video.ts";
import { createLocalEventBus } from "../../src/event-bus.ts";
import { JobLost } from "../../src/job-lost.ts";
import { loadVideo, versionsAfter } from "../../src/store.ts";
import { BUILT_IN_VIEWER } from "../../src/viewer.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { assertLegalHistory } from "../legal-history.ts";
import { type SharedDatabase, sharedDatabase, storeVideo } from "../stored-video.ts";
import { carry, carryContext } from "./direct-carry.ts";

/** What may go wrong upstream; each for one request. */
const faults = fc.uniqueArray(
  fc.constantFrom<FaultRequest>(
    { on: "create", fault: "rate-limited" },
    { on: "create", fault: "internal-error" },
    { on: "create", fault: "internal-error-after-accepting" },
    { on: "create", fault: "lost-after-accepting" },
    { on: "create", fault: "malformed-json" },
    { on: "create", fault: "invalid-body" },
    { on: "generation", fault: "generation-error" },
    { on: "generation", fault: "late-log-row", value: 60 },
    { on: "status", fault: "unavailable" },
    { on: "status", fault: "not-found" },
    { on: "status", fault: "unknown-status" },
    { on: "status", fault: "lost-answer" },
    { on: "logs", fault: "unavailable" },
  ),
  { maxLength: 3 },
);

type Command =
  /** The job is claimed anew, and carried up to its first step. */
  | { do: "claim" }
  /** A claim older than the newest is delivered late, or twice. */
  | { do: "deliver late"; age: number }
  /** One of the claims goes on to its next step; the others stand still, for ever if they are not chosen. */
  | { do: "go on"; which: number }
  /** One of them is told that it has lost its job, and hears of it when it goes on. */
  | { do: "lose"; which: number }
  | { do: "cancel" };

const which = fc.nat({ max: 5 });
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ do: "claim" } as const) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("deliver late" as const), age: fc.nat({ max: 2 }) }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant("go on" as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("lose" as const), which }) },
  { weight: 1, arbitrary: fc.constant({ do: "cancel" } as const) },
);

/** One claim, which stands still at each step until it is told to go on, as a process that is paused there. */
class SteppedClaim {
  readonly fence: number;
  readonly lost = new AbortController();
  readonly #ended: Promise<void>;
  #arrived = Promise.withResolvers<void>();
  #leave = Promise.withResolvers<void>();

  constructor(context: ReturnType<typeof carryContext>, videoId: string, fence: number) {
    this.fence = fence;
    const onStep = () => {
      this.#leave = Promise.withResolvers<void>();
      this.#arrived.resolve();
      return this.#leave.promise;
    };
    const claim = { signal: this.lost.signal };
    this.#ended = carry({ ...context, onStep }, videoId, fence, claim).catch((error: unknown) => {
      if (!(error instanceof JobLost)) throw error;
    });
  }

  /** Resolves at its next step, or its end. */
  async standsStill(): Promise<void> {
    await Promise.race([this.#arrived.promise, this.#ended]);
  }

  async goOn(): Promise<void> {
    this.#arrived = Promise.withResolvers<void>();
    this.#leave.resolve();
    await this.standsStill();
  }
}

describe.each(DATABASE_KINDS)(
  "invariants 2, 5 and 7 hold however claims of a video overtake each other: %s",
  (kind) => {
    let shared: SharedDatabase;
    let emulator: Emulator;
    beforeAll(async () => {
      shared = await sharedDatabase(kind);
      emulator = await startEmulator({ clip: new Uint8Array(1), durationMs: 30, logDelayMs: 0, chargeDelayMs: 0 });
    });
    afterAll(async () => {
      await emulator.close();
      await shared.close();
    });

    async function run(commands: readonly Command[], wrong: readonly FaultRequest[]): Promise<VideoStatus> {
      const { kysely } = shared.db;
      const bus = createLocalEventBus();
      const { id } = await storeVideo(kysely);
      for (const fault of wrong) emulator.faults.next(fault);
      const stored = async () => [await loadVideo(kysely, id), await versionsAfter(kysely, id, 0)];
      // Each claim is on a node of its own.
      const context = () => {
        const plain = carryContext(shared.db, emulator);
        const timing = { ...plain.timing, submitRetryFirstMs: 1, generationTimeoutMs: 400, oddAnswerGraceMs: 50 };
        return { ...plain, bus, timing, scheduleOf: () => ({ nextPollMs: () => 1 }) };
      };
      const claims: SteppedClaim[] = [];
      let newest = 0;
      const start = async (fence: number) => {
        const claim = new SteppedClaim(context(), id, fence);
        claims.push(claim);
        await claim.standsStill();
      };
      /** Does something that an older claim does, all others standing still: nothing may come of it. */
      const inVain = async (fence: number, work: () => Promise<void>) => {
        const before = fence < newest ? await stored() : null;
        await work();
        if (before !== null) expect(await stored()).toEqual(before);
      };

      for (const command of commands) {
        const chosen = "which" in command ? claims[command.which % claims.length] : undefined;
        if (command.do === "claim") await start(++newest);
        if (command.do === "deliver late") {
          const fence = newest - 1 - command.age;
          if (fence > 0) await inVain(fence, () => start(fence));
        }
        if (command.do === "go on" && chosen !== undefined) {
          const sent = emulator.requestCounts.create;
          await inVain(chosen.fence, () => chosen.goOn());
          // Whoever knows that it has lost the job sends nothing.
          if (chosen.lost.signal.aborted) expect(emulator.requestCounts.create).toBe(sent);
        }
        if (command.do === "lose") chosen?.lost.abort();
        if (command.do === "cancel")
          await cancelVideo({ db: shared.db, bus, tell: async () => {} }, BUILT_IN_VIEWER, id).catch(() => {});
      }
      emulator.faults.clear();
      await carry(context(), id, newest + 1);
      const end = await loadVideo(kysely, id);
      expect(isFinal(end?.status ?? "ACCEPTED")).toBe(true);
      for (const claim of claims) await inVain(claim.fence, () => claim.goOn());

      const posts = emulator.requests.flatMap(({ endpoint, clientRequestId: asked }) =>
        endpoint === "create" && asked?.startsWith(id) ? [asked] : [],
      );
      const accepted = emulator.accepted.filter((generation) => generation.clientRequestId?.startsWith(id));
      expect(accepted.length).toBeLessThanOrEqual(1);
      expect(new Set(posts).size).toBe(posts.length);
      for (const asked of posts) {
        expect(Array.from({ length: end?.attempt ?? 0 }, (_, index) => clientRequestId(id, index + 1))).toContain(
          asked,
        );
      }
      if (end?.status === "COMPLETED") expect(accepted[0]).toMatchObject({ id: end.generationId, status: "completed" });
      await assertLegalHistory(kysely, id);
      return end?.status ?? "ACCEPTED";
    }

    test("whatever is claimed, paused, overtaken, told so or not, canceled, and goes wrong upstream", async () => {
      const ends = new Set<VideoStatus>();
      await fc.assert(
        fc.asyncProperty(fc.array(command, { maxLength: 40, size: "max" }), faults, async (commands, wrong) => {
          ends.add(await run(commands, wrong));
        }),
        { seed: 1, numRuns: 40, endOnFailure: true },
      );
      expect([...ends].sort()).toEqual(["CANCELED", "COMPLETED", "FAILED"]);
    });
  },
);
