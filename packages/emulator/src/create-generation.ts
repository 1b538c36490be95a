import type { FastifyReply, FastifyRequest } from "fastify";
import { type Call, nameGeneration } from "./call.ts";
import { bareModel, canonicalModel, createBodySchema } from "./create-body.ts";
import { readFaultHeader, readMarkers } from "./fault-spec.ts";
import { presentGeneration } from "./generation-answer.ts";
import { addFaults, meetFaults, rewriteAnswer, writeAnswer } from "./meet-faults.ts";
import type { Upstream } from "./upstream.ts";
import { parseOrRefuse } from "./validation.ts";

/** `POST /v2/video/generations`: the text of its answer. Throws 400 and 403, and whatever faults ask for. */
export async function createGeneration(
  upstream: Upstream,
  call: Call,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  const prompt = field(request.body, "prompt") ?? "";
  addFaults(upstream, call, readFaultHeader(request.headers["x-emulator-fault"], "create"));
  addFaults(upstream, call, readMarkers(prompt), prompt);
  await meetFaults(upstream, call, "before");
  const body = parseOrRefuse(createBodySchema, request.body);
  const { id: requestId, clientRequestId, faults } = call;
  const generation = upstream.generations.accept(body, { key: call.key ?? "", requestId, clientRequestId, faults });
  nameGeneration(call, generation, reply);
  await meetFaults(upstream, call, "after");
  return writeAnswer(upstream, call, rewriteAnswer(upstream, call, presentGeneration(upstream, generation)));
}

/** Puts a create request that was answered with an error, and led to nothing, into the log. */
export function logRefusal(upstream: Upstream, call: Call, body: unknown, status: number): void {
  const { endpoint, key, generation, at, id: requestId, inferenceId, clientRequestId } = call;
  // Without a good key there is nobody whose log it could stand in.
  if (endpoint !== "create" || key === null || generation || status < 400 || status === 401) return;
  const { logDelayMs, clock, log, state } = upstream;
  const asked = field(body, "model") ?? "unknown";
  const model = asked === bareModel ? canonicalModel : asked;
  const listedAt = clock.now() + (logDelayMs === "finished" ? 0 : logDelayMs);
  const row = { at, key, model, requestId, inferenceId, clientRequestId, status: "failed" as const, listedAt };
  state.record({ type: "refused", row });
  log.add(row);
}

function field(body: unknown, name: "prompt" | "model"): string | undefined {
  const value =
    typeof body === "object" && body !== null && name in body ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === "string" ? value : undefined;
}
