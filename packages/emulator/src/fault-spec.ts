import { ApiError } from "./api-error.ts";
import type { Endpoint } from "./endpoints.ts";
import { type FaultName, type FaultPoint, findFault } from "./fault-list.ts";

/** A fault as a header or a prompt marker asks for it. */
export interface FaultSpec {
  readonly point: FaultPoint;
  readonly fault: FaultName;
  readonly value: string | undefined;
  /** How often it takes effect. */
  readonly times: number;
  /** As it was written. */
  readonly text: string;
}

const marker = /\[fault:([^\]]+)\]/g;
// POINT/NAME:VALUE*TIMES; only the name is needed.
const grammar = /^(?:(?<point>[a-z]+)\/)?(?<name>[a-z0-9-]+)(?::(?<value>.*?))?(?:\*(?<times>[1-9][0-9]*))?$/s;

/** What a create request may ask of the generation it starts, beside the request itself. */
const ofAGeneration: readonly FaultPoint[] = ["create", "generation", "status", "file"];

/** Every `[fault:…]` in a prompt. Throws a 400 that says what is wrong with one. */
export function readMarkers(prompt: string): FaultSpec[] {
  return [...prompt.matchAll(marker)].map(([, text = ""]) => readSpec(text, "create", Number.POSITIVE_INFINITY));
}

/** The faults of an `X-Emulator-Fault` header: comma-separated. Throws a 400 that says what is wrong with one. */
export function readFaultHeader(header: string | string[] | undefined, endpoint: Endpoint): FaultSpec[] {
  const texts = [header ?? []].flat().flatMap((line) => line.split(","));
  return texts.filter((text) => text.trim() !== "").map((text) => readSpec(text.trim(), endpoint, 1));
}

function readSpec(text: string, endpoint: Endpoint, timesUnsaid: number): FaultSpec {
  const { point: wanted, name = "", value, times: limit } = grammar.exec(text)?.groups ?? {};
  const fault = findFault(name);
  if (!fault) throw new ApiError(400, `Emulator: there is no fault '${text}'`);
  const reachable: readonly (FaultPoint | "unknown")[] = endpoint === "create" ? ofAGeneration : [endpoint];
  const point = fault.on.find((at) => reachable.includes(at) && (wanted === undefined || at === wanted));
  if (!point) throw new ApiError(400, `Emulator: fault '${text}' does not apply to this request`);
  const times = limit ? Number(limit) : sticks(point) ? Number.POSITIVE_INFINITY : timesUnsaid;
  return { point, fault: fault.name, value, times, text };
}

/** Whether a fault at this point, asked for by a create request, stays with the generation. */
export function sticks(point: FaultPoint): point is "status" | "file" {
  return point === "status" || point === "file";
}
