import { setTimeout as wait } from "node:timers/promises";
import { ApiError } from "./api-error.ts";
import type { Call } from "./call.ts";
import { type FaultEffect, type FaultMoment, faultEffects } from "./fault-effects.ts";
import type { FaultPoint } from "./fault-list.ts";
import { type FaultSpec, sticks } from "./fault-spec.ts";
import { type ActiveFault, activateSpec } from "./faults.ts";
import type { GenerationAnswer } from "./generation.ts";
import type { Upstream } from "./upstream.ts";

/** Thrown to end a request without an answer. */
export class ConnectionCut extends Error {
  override readonly name = "ConnectionCut";
}

/** An error answer that a fault asked for, perhaps in a shape the upstream does not document. */
export class FaultAnswer extends ApiError {
  readonly shape: "html" | "other" | undefined;

  constructor(effect: Extract<FaultEffect, { kind: "refuse" }>, value: string | undefined) {
    super(effect.statusCode, effect.message, effect.retryAfter ? { "retry-after": effect.retryAfter(value) } : {});
    this.shape = effect.shape;
  }
}

/** Takes note of what a request's own header and markers ask for. */
export function addFaults(upstream: Upstream, call: Call, specs: readonly FaultSpec[], prompt = ""): void {
  for (const spec of specs) {
    if (!sticks(spec.point) && !mayStillTakeEffect(upstream, spec, prompt)) continue;
    call.faults.push({ fault: activateSpec(spec), times: spec.times });
  }
}

/** A limit on a marker counts requests with the same prompt. */
function mayStillTakeEffect({ markerUses, state }: Upstream, { text, times }: FaultSpec, prompt: string): boolean {
  if (!Number.isFinite(times) || prompt === "") return true;
  const name = JSON.stringify([prompt, text]);
  const uses = (markerUses.get(name) ?? 0) + 1;
  state.record({ type: "marker-used", name });
  markerUses.set(name, uses);
  return uses <= times;
}

/** The faults that take effect on a call at this moment; see {@link FaultQueue.claim}. */
export function claimFaults(
  upstream: Upstream,
  call: Call,
  moment: FaultMoment,
  concerns: (fault: ActiveFault) => boolean = () => true,
): ActiveFault[] {
  if (call.endpoint === "unknown") return [];
  const point: FaultPoint = call.endpoint;
  const concerned = (fault: ActiveFault) =>
    fault.point === point && faultEffects[fault.fault].when === moment && concerns(fault);
  const own = call.faults.filter(({ fault }) => concerned(fault)).map(({ fault }) => fault);
  const sticking = (point === "create" ? [] : (call.generation?.faults ?? [])).filter(
    ({ fault, left }) => left > 0 && concerned(fault),
  );
  if (call.generation) for (const stuck of sticking) upstream.generations.countFault(call.generation, stuck);
  const subject = { generationId: call.generation?.id ?? null, clientRequestId: call.clientRequestId };
  const queued = upstream.faults.claim(point, moment, subject, concerns);
  const met = [...own, ...sticking.map(({ fault }) => fault), ...queued];
  for (const fault of met) upstream.faults.announce(fault, upstream.clock.now());
  return met;
}

/**
 * Lets the faults of this moment take effect: waits first, then throws a {@link FaultAnswer} or a {@link ConnectionCut}.
 * Also throws a ConnectionCut when the server goes down meanwhile.
 */
export async function meetFaults(upstream: Upstream, call: Call, moment: "before" | "after"): Promise<void> {
  const met = claimFaults(upstream, call, moment, ({ fault }) => ends.has(faultEffects[fault].kind));
  for (const fault of met) await waitFor(upstream, call, fault);
  for (const { fault, value } of met) {
    const effect = faultEffects[fault];
    if (effect.kind === "cut") throw new ConnectionCut();
    if (effect.kind === "refuse") throw new FaultAnswer(effect, value);
  }
}

/** The kinds that delay or replace an answer rather than change it. */
const ends: ReadonlySet<FaultEffect["kind"]> = new Set(["refuse", "cut", "hold", "delay"]);

const defaultDelayMs = 5000;

async function waitFor(upstream: Upstream, call: Call, fault: ActiveFault): Promise<void> {
  const { kind } = faultEffects[fault.fault];
  try {
    if (kind === "hold") await upstream.faults.hold(fault, call.signal);
    if (kind === "delay") {
      await wait(Number(fault.value ?? defaultDelayMs), undefined, { signal: call.signal, ref: false });
    }
  } catch (cause) {
    throw new ConnectionCut("The server went down", { cause });
  }
}

/** The answer as faults rewrite it. */
export function rewriteAnswer(upstream: Upstream, call: Call, answer: GenerationAnswer): GenerationAnswer {
  const rewritten = (fault: ActiveFault) => {
    const effect = faultEffects[fault.fault];
    return effect.kind === "rewrite" ? effect.rewrite(answer, fault.value) : null;
  };
  const met = claimFaults(upstream, call, "after", (fault) => rewritten(fault) !== null);
  const [first] = met;
  return (first && rewritten(first)) ?? answer;
}

/** The text of an answer, broken off half way if a fault says so. */
export function writeAnswer(upstream: Upstream, call: Call, answer: object): string {
  const text = JSON.stringify(answer);
  const malformed = claimFaults(upstream, call, "after", ({ fault }) => faultEffects[fault].kind === "malform");
  return malformed.length > 0 ? text.slice(0, Math.ceil(text.length / 2)) : text;
}
