import { z } from "zod";
import type { ClipOption } from "./clip/clip-source.ts";
import type { ClockOption } from "./clock.ts";
import { type DurationOption, defaultDuration } from "./durations.ts";
import { EmulatorError } from "./emulator-error.ts";
import type { FaultScenario } from "./faults.ts";
import type { LogDelay } from "./request-log.ts";

/** What an emulator can be told at its start. Everything has a default. Delays are emulator time unless said otherwise. */
export interface EmulatorOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Port to listen on; 0, the default, lets the system choose. */
  readonly port?: number;
  /** Keys that are accepted; all belong to one account. Default `emulator-key`. */
  readonly apiKey?: string | readonly string[];
  /** What file URLs begin with. Default: the emulator's own `url`. */
  readonly publicUrl?: string;
  /** Whatever is drawn (durations, the mix of faults) is the same for the same seed. Default 1. */
  readonly seed?: string | number;
  /** How time passes. Default `"real"`. */
  readonly clock?: ClockOption;
  /** From acceptance to the end. Default log-normal: median one minute, one in a hundred above two and a half. */
  readonly durationMs?: DurationOption;
  /** From a request to its row in the log. Default 2000. */
  readonly logDelayMs?: LogDelay;
  /** From `completed` to the charge. Default 1000. */
  readonly chargeDelayMs?: number;
  /** From the end to the expiry of the file's URL. Default a day. */
  readonly fileLifetimeMs?: number;
  /** Opening balance; a create that it does not cover is refused with 403. Default 100,000. */
  readonly balanceUsd?: number;
  /** Calls of `/v2/logs` allowed in any minute before 429. Default 200, as upstream. */
  readonly logCallsPerMinute?: number;
  /** Where the files come from. Default `"drawn"`. */
  readonly clip?: ClipOption;
  /** Directory of `"cached"` clips, made if missing. Default: one in the system's directory for temporary files. */
  readonly cacheDir?: string;
  /** Bytes of clips kept in memory; others are made again when asked for. Default 256 MiB. */
  readonly clipMemoryBytes?: number;
  /**
   * File that keeps what the upstream would remember: accepted generations with their course, the faults that stick to
   * them and the images they were given; the rows of the log; balance and charges; the clock. Each is written before the
   * request is answered, so that it is there again in the next process, whatever ended this one, `kill -9` included.
   * Meanwhile time goes on, at the speed it had. Made with its directory if missing; for one emulator at a time. Where it
   * exists, `balanceUsd` and the clock's `startAt` are ignored, and port 0 is the port of the last time if that is free.
   * Not kept: `requests`, and faults asked for by `faults.next`. Default: nothing is written.
   */
  readonly stateFile?: string;
  /** Faults from the start. Default none. */
  readonly faults?: FaultScenario;
}

/** The options, every default filled in. */
export type CompleteOptions = Required<Omit<EmulatorOptions, "publicUrl" | "cacheDir" | "stateFile">> &
  Pick<EmulatorOptions, "publicUrl" | "cacheDir" | "stateFile">;

const atLeastZero = z.number().nonnegative();

/** Only what a caller could get wrong without the compiler's notice. */
const checked = z.looseObject({
  port: z.int().min(0).max(65_535),
  apiKey: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  durationMs: z.union([
    atLeastZero,
    z.strictObject({ min: atLeastZero, max: atLeastZero }),
    z.strictObject({ median: z.number().positive(), sigma: atLeastZero }),
    z.custom<DurationOption>((option) => typeof option === "function"),
  ]),
  logDelayMs: z.union([atLeastZero, z.literal("finished")]),
  chargeDelayMs: atLeastZero,
  fileLifetimeMs: atLeastZero,
  balanceUsd: atLeastZero,
  logCallsPerMinute: atLeastZero,
  clipMemoryBytes: atLeastZero,
  stateFile: z.string().min(1).optional(),
});

/** Fills in the defaults. Throws `INVALID_OPTIONS`. */
export function completeOptions(options: EmulatorOptions): CompleteOptions {
  const complete: CompleteOptions = {
    host: "127.0.0.1",
    port: 0,
    apiKey: "emulator-key",
    seed: 1,
    clock: "real",
    durationMs: defaultDuration,
    logDelayMs: 2000,
    chargeDelayMs: 1000,
    fileLifetimeMs: 24 * 3_600_000,
    balanceUsd: 100_000,
    logCallsPerMinute: 200,
    clip: "drawn",
    clipMemoryBytes: 256 * 1024 * 1024,
    faults: {},
    ...options,
  };
  const { error } = checked.safeParse(complete);
  if (error) {
    const problems = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new EmulatorError("INVALID_OPTIONS", problems.join("; "));
  }
  return complete;
}
