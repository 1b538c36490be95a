import type { FastifyReply, FastifyRequest } from "fastify";
import { nanoid } from "nanoid";
import { ApiError } from "./api-error.ts";
import { readClientRequestId } from "./client-request-id.ts";
import { type Endpoint, endpointOf, keyed } from "./endpoints.ts";
import type { ActiveFault } from "./faults.ts";
import type { Generation } from "./generation.ts";
import type { RecordedRequest } from "./recorded-requests.ts";
import type { Upstream } from "./upstream.ts";

/** One request while it is being answered. */
export interface Call {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly at: number;
  readonly clientRequestId: string | null;
  readonly recorded: { -readonly [K in keyof RecordedRequest]: RecordedRequest[K] };
  /** Aborted when the server goes down. */
  readonly signal: AbortSignal;
  /** Of `x-inference-id`; for video the generation's. */
  inferenceId: string;
  /** The key it was made with, once that was found good. */
  key: string | null;
  /** The generation it is about or led to. */
  generation: Generation | null;
  /** What its own header and markers ask for, and how often each may still take effect. */
  faults: { readonly fault: ActiveFault; readonly times: number }[];
}

const calls = new WeakMap<FastifyRequest, Call>();

/** The call behind a request that {@link beginCall} has seen. */
export function callOf(request: FastifyRequest): Call {
  const call = calls.get(request);
  if (!call) throw new Error("The request was not begun");
  return call;
}

/** Like {@link callOf}; undefined for requests that are none of the upstream's. */
export function findCall(request: FastifyRequest): Call | undefined {
  return calls.get(request);
}

/** Records the request, puts the headers on its answer that every answer has, and throws a 401 unless its key is good. */
export function beginCall(upstream: Upstream, request: FastifyRequest, reply: FastifyReply, signal: AbortSignal): void {
  const endpoint = endpointOf(request.method, request.url);
  const clientRequestId = readClientRequestId(request.headers["x-client-request-id"]);
  const at = upstream.clock.now();
  const { method, url: path } = request;
  const recorded = upstream.requests.arrived({ method, path, endpoint, at, clientRequestId });
  const call: Call = {
    id: nanoid(),
    endpoint,
    path,
    at,
    clientRequestId,
    recorded,
    signal,
    inferenceId: nanoid(),
    key: null,
    generation: null,
    faults: [],
  };
  calls.set(request, call);
  reply.header("x-inference-id", call.inferenceId);
  if (clientRequestId !== null) reply.header("x-client-request-id", clientRequestId);
  if (keyed.has(endpoint)) call.key = readKey(upstream, request.headers.authorization);
}

/** Says which generation the call is about. */
export function nameGeneration(call: Call, generation: Generation, reply: FastifyReply): void {
  call.generation = generation;
  call.recorded.generationId = generation.id;
  call.inferenceId = generation.id;
  reply.header("x-inference-id", generation.id);
}

function readKey(upstream: Upstream, authorization: string | undefined): string {
  const key = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (key === undefined) throw new ApiError(401, "Unauthorized: Expected `Authorization: Bearer <key>`.");
  if (!upstream.keys.has(key)) throw new ApiError(401, "Unauthorized: the API key is not valid.");
  return key;
}
