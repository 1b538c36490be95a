import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { EmulatorError } from "./emulator-error.ts";
import type { FaultRequest } from "./faults.ts";
import type { Upstream } from "./upstream.ts";
import { parseOrRefuse } from "./validation.ts";

const clockSchema = z.strictObject({
  advanceMs: z.number().nonnegative("Expected a number of at least 0").optional(),
  speed: z.number().nonnegative("Expected a number of at least 0").optional(),
});

const faultSchema = z.strictObject({
  on: z.string(),
  fault: z.string(),
  times: z.int().positive("Expected a positive integer").optional(),
  value: z.union([z.string(), z.number()]).optional(),
  generationId: z.string().optional(),
  clientRequestId: z.string().optional(),
});

/**
 * Drives an emulator of another process: `GET /_emulator/state`, `POST /_emulator/clock`, `POST /_emulator/faults`,
 * `DELETE /_emulator/faults`, `POST /_emulator/release`. No key; not recorded as requests.
 */
export function addControlSurface(server: FastifyInstance, upstream: Upstream): void {
  const { clock, faults, generations, ledger, requests } = upstream;
  server.get("/_emulator/state", async () => ({
    now: new Date(clock.now()).toISOString(),
    speed: clock.speed,
    accepted: generations.accepted.map(({ id, clientRequestId, acceptedAt, finishesAt, status, error }) => ({
      id,
      clientRequestId,
      acceptedAt: new Date(acceptedAt).toISOString(),
      finishesAt: finishesAt === null ? null : new Date(finishesAt).toISOString(),
      status,
      error,
    })),
    charges: ledger.charges.map((charge) => ({ ...charge, at: new Date(charge.at).toISOString() })),
    requests: requests.counts,
  }));
  server.post("/_emulator/clock", async (request) => {
    const { advanceMs, speed } = parseOrRefuse(clockSchema, request.body);
    if (speed !== undefined) clock.setSpeed(speed);
    if (advanceMs !== undefined) clock.advance(advanceMs);
    return { now: new Date(clock.now()).toISOString(), speed: clock.speed };
  });
  server.post("/_emulator/faults", async (request, reply) => {
    const wanted = parseOrRefuse(faultSchema, request.body);
    try {
      // `next` checks the names itself, against the same list.
      faults.next(wanted as FaultRequest);
    } catch (error) {
      if (error instanceof EmulatorError) throw new ApiError(400, error.message);
      throw error;
    }
    return reply.code(204).send();
  });
  server.delete("/_emulator/faults", async (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  server.post("/_emulator/release", async (_request, reply) => {
    faults.release();
    return reply.code(204).send();
  });
}
