import { PassThrough, type Readable } from "node:stream";
import { ApiError } from "@reelwire/core";
import type { Caller } from "@reelwire/engine";
import type { FastifyReply, FastifyRequest } from "fastify";
import pLimit, { type LimitFunction } from "p-limit";
import { RefusedRequest } from "./http-error.ts";

/** How long a large body may take, in milliseconds. */
export interface LargeBodyTimes {
  /** For its turn to come; then `UNAVAILABLE`. Default: 30 s. */
  turnWithinMs: number;
  /** To arrive in its turn; then 408. Default: 120 s, in which 1 Mbit/s brings an image of 10 MiB. */
  arrivesWithinMs: number;
}

export const LARGE_BODY_TIMES: LargeBodyTimes = { turnWithinMs: 30_000, arrivesWithinMs: 120_000 };

/** From here on a body counts as large, in bytes: it holds an image. */
const LARGE_BYTES = 1024 * 1024;
/**
 * Large bodies read, checked and saved at a time. Each takes some 200 MB and holds up everything else for a moment. One more than a
 * key may have: whatever one key does alone, another's upload finds a turn.
 */
const AT_A_TIME = 3;
/** Of one API key with all its tokens, or of all users of an issuer in one project, or of nobody in particular. */
const AT_A_TIME_BY_KEY = 2;
/** Of one user, so that not even others of the same key wait for somebody's slow network. */
const AT_A_TIME_BY_USER = 1;
/** How many more may wait; their bodies are not read meanwhile. What a key's users may leaves room for others of it, and so on. */
const MAX_WAITING = 500;
const MAX_WAITING_BY_KEY = 50;
const MAX_WAITING_BY_USER = 10;

/** A hook before a body is read. */
type BeforeBody = (request: FastifyRequest, reply: FastifyReply, payload: Readable) => Promise<Readable>;

/**
 * Hooks before a body is read, for routes whose caller is known by then: they let requests with large bodies in a few at a time, so
 * that uploads of images take neither all memory nor everybody else's time. Beyond those that may wait the answer is `UNAVAILABLE`,
 * with `Retry-After`. A turn lasts until the request is answered or its connection is gone.
 */
export interface BodyTurns {
  /** Bodies that are not large take no turn. */
  ofLarge: BeforeBody;
  /** Every body takes a turn, since what comes of it may be large. */
  ofAll: BeforeBody;
}

/** All routes take their turns together. */
export function createBodyTurns(times: LargeBodyTimes): BodyTurns {
  const byUser = createLines(AT_A_TIME_BY_USER, MAX_WAITING_BY_USER);
  const byKey = createLines(AT_A_TIME_BY_KEY, MAX_WAITING_BY_KEY);
  const all = createLines(AT_A_TIME, MAX_WAITING);

  // The narrow lines first: who waits in one takes no place from those who have nothing to do with it.
  function placesOf({ viewer: { project, subject, keyId } }: Caller): Place[] {
    return [
      ...(subject === null ? [] : [{ lines: byUser, whose: JSON.stringify([project, subject]) }]),
      { lines: byKey, whose: keyId ?? JSON.stringify([project]) },
      { lines: all, whose: "" },
    ];
  }

  const ofAll: BeforeBody = async (request, reply, payload) => {
    const places = placesOf(request.getDecorator<Caller>("caller"));
    if (places.some(({ lines, whose }) => lines.isFull(whose))) throw tooMany();
    await turn(places, reply, times.turnWithinMs);
    return arrivingWithin(payload, reply, times.arrivesWithinMs);
  };
  return {
    ofAll,
    ofLarge: async (request, reply, payload) =>
      isLarge(request.headers) ? await ofAll(request, reply, payload) : payload,
  };
}

/** Where a request stands. */
interface Place {
  lines: Lines;
  whose: string;
}

/** Lines by whose they are. */
interface Lines {
  isFull(whose: string): boolean;
  /** Does something when it is its turn. */
  stand(whose: string, work: () => Promise<void>): Promise<void>;
}

function createLines(atATime: number, maxWaiting: number): Lines {
  const lines = new Map<string, { limit: LimitFunction; length: number }>();
  return {
    isFull: (whose) => (lines.get(whose)?.length ?? 0) >= atATime + maxWaiting,
    async stand(whose, work) {
      const line = lines.get(whose) ?? { limit: pLimit(atATime), length: 0 };
      lines.set(whose, line);
      line.length += 1;
      try {
        await line.limit(work);
      } finally {
        line.length -= 1;
        if (line.length === 0) lines.delete(whose);
      }
    },
  };
}

/** Resolves when it is this request's turn in all lines. @throws {ApiError} `UNAVAILABLE` when that takes too long */
async function turn(places: readonly Place[], reply: FastifyReply, withinMs: number): Promise<void> {
  const { promise: begun, resolve: begin, reject } = Promise.withResolvers<void>();
  let waits = true;
  const timer = setTimeout(() => {
    waits = false;
    reject(tooMany());
  }, withinMs);
  const whileItLasts = async () => {
    clearTimeout(timer);
    if (!waits || reply.raw.destroyed) return begin();
    const over = new Promise((end) => reply.raw.once("close", end));
    begin();
    await over;
  };
  const inAllLines = places.reduceRight(
    (work, { lines, whose }) =>
      () =>
        lines.stand(whose, work),
    whileItLasts,
  );
  void inAllLines();
  await begun;
}

/** The same body, which fails when it has not arrived in time: who sends slowly must not keep the turn. */
function arrivingWithin(payload: Readable, reply: FastifyReply, ms: number): Readable {
  const arriving = new PassThrough();
  const timer = setTimeout(() => {
    reply.header("connection", "close");
    arriving.destroy(new RefusedRequest(408));
  }, ms);
  payload.once("end", () => clearTimeout(timer));
  arriving.once("close", () => clearTimeout(timer));
  payload.once("error", (error) => arriving.destroy(error));
  return payload.pipe(arriving);
}

function tooMany(): ApiError {
  return new ApiError("UNAVAILABLE", "Too many images are being uploaded right now. Try again in a moment.");
}

/** A body without a length may be large. */
function isLarge(headers: {
  "content-length"?: string | undefined;
  "transfer-encoding"?: string | undefined;
}): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > LARGE_BYTES;
}
