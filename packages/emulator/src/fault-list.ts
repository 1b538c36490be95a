import type { Endpoint } from "./endpoints.ts";

/** Where a fault takes effect: on a request to an endpoint, or on the course of an accepted generation. */
export type FaultPoint = Exclude<Endpoint, "unknown"> | "generation";

/** One thing that can go wrong on demand. */
export interface FaultDefinition {
  readonly name: string;
  /** Where it can be asked for. A header or a prompt marker that names no point means the first that fits the request. */
  readonly on: readonly FaultPoint[];
  readonly effect: string;
  /** What the optional value means, and what it is when left out. */
  readonly value?: string;
}

const keyed = ["create", "status", "logs", "billing", "transactions"] as const;
const answersJson = [...keyed, "models", "metrics"] as const;
const requests = [...answersJson, "file"] as const;

/** Every fault, in the order of the README. Header, prompt marker, API and control surface all read this list. */
export const faultList = [
  { name: "rejected-key", on: keyed, effect: "401, as if the key had been revoked." },
  { name: "out-of-credits", on: ["create"], effect: "403; nothing is accepted." },
  { name: "invalid-body", on: ["create"], effect: "400 with a hint; nothing is accepted." },
  {
    name: "invalid-body-other-shape",
    on: ["create"],
    effect: "400 in another shape: `message` a list, `statusCode` a string; nothing is accepted.",
  },
  { name: "not-found", on: ["status"], effect: "404 for a generation that exists, as right after a submit." },
  { name: "rate-limited", on: answersJson, effect: "429 without Retry-After; nothing is accepted." },
  {
    name: "rate-limited-retry-after",
    on: answersJson,
    effect: "429 with Retry-After; nothing is accepted.",
    value: "seconds of Retry-After (2)",
  },
  { name: "internal-error", on: requests, effect: "500; nothing is accepted." },
  { name: "bad-gateway", on: requests, effect: "502 with a body that is HTML; nothing is accepted." },
  { name: "unavailable", on: requests, effect: "503; nothing is accepted." },
  { name: "gateway-timeout", on: requests, effect: "504; nothing is accepted." },
  { name: "internal-error-after-accepting", on: ["create"], effect: "Accepted, then 500." },
  { name: "bad-gateway-after-accepting", on: ["create"], effect: "Accepted, then 502 with a body that is HTML." },
  { name: "unavailable-after-accepting", on: ["create"], effect: "Accepted, then 503." },
  { name: "gateway-timeout-after-accepting", on: ["create"], effect: "Accepted, then 504." },
  { name: "lost-before-accepting", on: ["create"], effect: "The connection is cut; nothing is accepted." },
  { name: "lost-after-accepting", on: ["create"], effect: "Accepted, then the connection is cut without an answer." },
  {
    name: "lost-answer",
    on: ["status", "logs", "billing", "transactions", "models", "metrics", "file"],
    effect: "The connection is cut without an answer.",
  },
  {
    name: "slow",
    on: requests,
    effect: "Nothing happens for a while of real time; then all as usual.",
    value: "milliseconds of real time (5000)",
  },
  {
    name: "slow-after-accepting",
    on: ["create"],
    effect: "Accepted at once, answered after a while of real time.",
    value: "milliseconds of real time (5000)",
  },
  { name: "held", on: requests, effect: "Nothing happens until the test releases it; then all as usual." },
  { name: "held-after-accepting", on: ["create"], effect: "Accepted at once, answered when the test releases it." },
  {
    name: "malformed-json",
    on: answersJson,
    effect: "The usual answer, its JSON broken off half way (create: accepted).",
  },
  {
    name: "unknown-status",
    on: ["status", "create"],
    effect: "The usual answer with a status nobody has heard of.",
    value: "the status (`paused`)",
  },
  {
    name: "completed-without-url",
    on: ["status"],
    effect: "`completed` with `video: null`; answers before completion are as usual.",
  },
  {
    name: "generation-error",
    on: ["generation"],
    effect: "The generation ends in `error`; it is not charged.",
    value: "NAME:MESSAGE of the error (`generation_failed:The provider could not generate this video.`)",
  },
  { name: "stuck", on: ["generation"], effect: "The generation is accepted and never ends." },
  {
    name: "late-log-row",
    on: ["generation"],
    effect: "Its row in the log appears late.",
    value: "milliseconds of emulator time, or `finished` (`finished`)",
  },
  { name: "expired-file", on: ["file"], effect: "403, as from a signed URL that has expired." },
  { name: "gone-file", on: ["file"], effect: "410: the file was deleted." },
  {
    name: "broken-off-file",
    on: ["file"],
    effect: "Content-Length as usual, then the connection is cut half way.",
    value: "bytes sent before the cut (half)",
  },
  { name: "not-an-mp4", on: ["file"], effect: "200 and `video/mp4`, but what is sent is an HTML page." },
] as const satisfies readonly FaultDefinition[];

/** The name of a fault. */
export type FaultName = (typeof faultList)[number]["name"];

/** The faults that can be asked for at a point. */
export type FaultNameAt<P extends FaultPoint> = NameAt<(typeof faultList)[number], P>;

type NameAt<D extends FaultDefinition, P extends FaultPoint> = D extends unknown
  ? P extends D["on"][number]
    ? D["name"]
    : never
  : never;

const byName: ReadonlyMap<string, FaultDefinition & { readonly name: FaultName }> = new Map(
  faultList.map((fault) => [fault.name, fault]),
);

/** The fault of that name, or undefined. */
export function findFault(name: string): (FaultDefinition & { readonly name: FaultName }) | undefined {
  return byName.get(name);
}
