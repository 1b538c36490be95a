import { setTimeout as wait } from "node:timers/promises";
import { createReelwireClient, type ReelwireClient, ReelwireError } from "../../packages/core/src/client/index.ts";
import type { GatewayNode } from "./node-process.ts";
import type { AskPlan, VideoPlan } from "./video-plans.ts";
import { type Watching, watchAsPlanned } from "./watchers.ts";

/** How long a customer waits for an answer before asking another node, in milliseconds. */
const ANSWER_MS = 4_000;
/** Before the next try to get a first answer, in milliseconds. */
const ASK_AGAIN_MS = 150;

/** What a gateway answered to `createVideo`. */
export interface Answer {
  key: string;
  videoId: string;
}

/** What the customers have lived through. */
export interface Experiences {
  asked: number;
  answers: Answer[];
  /** Asks whose caller hung up before the answer. */
  hungUp: number;
  /** Errors answered, by their code. */
  errors: Map<string, number>;
  conflictsAsked: number;
  /** Keys that were used with another input and not refused. */
  conflictsMissed: string[];
  canceled: Set<string>;
  watchings: Watching[];
}

export function noExperiences(): Experiences {
  return {
    asked: 0,
    answers: [],
    hungUp: 0,
    errors: new Map(),
    conflictsAsked: 0,
    conflictsMissed: [],
    canceled: new Set(),
    watchings: [],
  };
}

/** Those who ask for videos, cancel some, and watch all of them. */
export class Customers {
  readonly #nodes: readonly GatewayNode[];
  readonly #clients: readonly ReelwireClient[];
  readonly experiences = noExperiences();

  /** @param nodes those that answer clients */
  constructor(nodes: readonly GatewayNode[]) {
    this.#nodes = nodes;
    this.#clients = nodes.map(({ url }) =>
      createReelwireClient({ url: `${url}/graphql`, retries: 0, timeoutMs: ANSWER_MS }),
    );
  }

  /** Has a video made as planned, and ends when everybody who watches it has seen its end. */
  async haveMade(plan: VideoPlan, signal: AbortSignal): Promise<void> {
    await wait(plan.atMs, undefined, { signal });
    const first = await Promise.all(plan.asks.map((ask) => this.#ask(plan, ask, signal)));
    let id = first.find((answer) => answer !== null) ?? null;
    for (let node = plan.asks[0]?.node ?? 0; id === null; node += 1) {
      await wait(ASK_AGAIN_MS, undefined, { signal });
      id = await this.#ask(plan, { node, afterMs: 0, hangUpMs: null }, signal);
    }
    const videoId = id;
    await Promise.all([
      ...plan.asksAgain.map((ask) => this.#ask(plan, ask, signal)),
      plan.conflict === null ? null : this.#askOtherwise(plan, plan.conflict, signal),
      plan.cancelAfterMs === null ? null : this.#cancel(videoId, plan.cancelAfterMs, signal),
      ...plan.watches.map(async (watch) => {
        await wait(watch.afterMs, undefined, { signal });
        const { watching, done } = watchAsPlanned(this.#nodes, videoId, watch, signal);
        this.experiences.watchings.push(watching);
        await done;
      }),
    ]);
  }

  /** Asks once more for every video, now that all is quiet. */
  async askOnceMore(plans: readonly VideoPlan[], signal: AbortSignal): Promise<void> {
    for (const [index, plan] of plans.entries()) {
      await this.#ask(plan, { node: index, afterMs: 0, hangUpMs: null }, signal);
    }
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  /** @returns the video's id, or `null` when no answer came */
  async #ask({ key, prompt }: VideoPlan, ask: AskPlan, signal: AbortSignal): Promise<string | null> {
    await wait(ask.afterMs, undefined, { signal });
    this.experiences.asked += 1;
    const videoId = await this.#createVideo({ key, prompt }, ask, signal).catch((error: unknown) =>
      this.#failed(error),
    );
    if (videoId !== null) this.experiences.answers.push({ key, videoId });
    return videoId;
  }

  async #createVideo(
    { key, prompt }: { key: string; prompt: string },
    { node, hangUpMs }: AskPlan,
    signal: AbortSignal,
  ): Promise<string | null> {
    const hangUp = hangUpMs === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(hangUpMs)]);
    const input = { prompt, idempotencyKey: key, durationSeconds: 4, generateAudio: false };
    try {
      return (await this.#clientOf(node).createVideo(input, { signal: hangUp })).video.id;
    } catch (error) {
      signal.throwIfAborted();
      if (!hangUp.aborted || error instanceof ReelwireError) throw error;
      this.experiences.hungUp += 1;
      return null;
    }
  }

  /** The same key with another input, until a node says what it thinks of that. */
  async #askOtherwise({ key }: VideoPlan, ask: AskPlan, signal: AbortSignal): Promise<void> {
    await wait(ask.afterMs, undefined, { signal });
    this.experiences.conflictsAsked += 1;
    for (let node = ask.node; ; node += 1) {
      try {
        await this.#createVideo({ key, prompt: "Another video" }, { ...ask, node }, signal);
        this.experiences.conflictsMissed.push(key);
        return;
      } catch (error) {
        if (error instanceof ReelwireError && error.code === "IDEMPOTENCY_CONFLICT") return;
        this.#failed(error);
        await wait(ASK_AGAIN_MS, undefined, { signal });
      }
    }
  }

  async #cancel(videoId: string, afterMs: number, signal: AbortSignal): Promise<void> {
    await wait(afterMs, undefined, { signal });
    for (let node = afterMs; ; node += 1) {
      try {
        await this.#clientOf(node).cancelVideo(videoId, { signal });
        this.experiences.canceled.add(videoId);
        return;
      } catch (error) {
        if (error instanceof ReelwireError && error.code === "VIDEO_ALREADY_FINISHED") return;
        // Its answer may have been lost.
        this.experiences.canceled.add(videoId);
        this.#failed(error);
        await wait(ASK_AGAIN_MS, undefined, { signal });
      }
    }
  }

  #clientOf(node: number): ReelwireClient {
    const client = this.#clients[node % this.#clients.length];
    if (client === undefined) throw new Error("no node answers clients");
    return client;
  }

  #failed(error: unknown): null {
    if (!(error instanceof ReelwireError)) throw error;
    this.experiences.errors.set(error.code, (this.experiences.errors.get(error.code) ?? 0) + 1);
    return null;
  }
}
