import { z } from "zod";
import { createBodySchema } from "./create-body.ts";
import { faultList } from "./fault-list.ts";

/** When it was written: in emulator time, in real time, and how fast the one ran in the other. */
const stamp = { at: z.number(), realAt: z.number(), speed: z.number() };

const row = z.object({
  at: z.number(),
  key: z.string(),
  model: z.string(),
  requestId: z.string(),
  inferenceId: z.string(),
  clientRequestId: z.string().nullable(),
  status: z.enum(["succeeded", "failed"]),
  listedAt: z.number().nullable(),
});

const failure = z.object({ name: z.string(), message: z.string() });

const accepted = z.object({
  type: z.literal("accepted"),
  ...stamp,
  id: z.string(),
  body: createBodySchema,
  runMs: z.number(),
  stuck: z.boolean(),
  /** What it will end in, if that was asked for. */
  failure: failure.nullable(),
  fileName: z.string(),
  credits: z.number(),
  chargeDelayMs: z.number(),
  fileLifetimeMs: z.number(),
  row,
  faults: z.array(
    z.object({
      fault: z.enum(faultList.map(({ name }) => name)),
      point: z.enum(["status", "file"]),
      value: z.string().nullable(),
      /** Null: always. */
      times: z.number().nullable(),
    }),
  ),
});

/**
 * One line of a state file. Only what came from outside is there; what follows from it with time (completions, charges)
 * follows again when the lines are read.
 */
export const stateRecordSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("opened"), ...stamp, credits: z.number() }),
  z.object({ type: z.literal("listening"), ...stamp, port: z.number() }),
  /** The clock was moved, or its speed changed. */
  z.object({ type: z.literal("clock"), ...stamp }),
  accepted,
  /** The images of a generation arrived, in base64; null for those whose bytes its body has. */
  z.object({
    type: z.literal("frames"),
    ...stamp,
    id: z.string(),
    failure: failure.nullable(),
    first: z.string().nullable(),
    last: z.string().nullable(),
  }),
  /** A fault that sticks to a generation took effect, as often as it may. */
  z.object({ type: z.literal("fault-met"), ...stamp, id: z.string(), index: z.number() }),
  /** A prompt marker with a limit took effect. */
  z.object({ type: z.literal("marker-used"), ...stamp, name: z.string() }),
  z.object({ type: z.literal("refused"), ...stamp, row }),
]);

export type StateRecord = z.output<typeof stateRecordSchema>;
export type RecordOf<T extends StateRecord["type"]> = Extract<StateRecord, { type: T }>;

type Unstamped<R> = R extends StateRecord ? Omit<R, keyof typeof stamp> : never;

/** A record before it is written. */
export type NewStateRecord = Unstamped<StateRecord>;
