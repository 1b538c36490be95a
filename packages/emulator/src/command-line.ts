import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import type { DurationOption } from "./durations.ts";
import type { EmulatorOptions } from "./emulator-options.ts";
import { findFault } from "./fault-list.ts";
import type { FaultChance } from "./faults.ts";

interface Flags {
  readonly host?: string;
  readonly port?: number;
  readonly key?: string[];
  readonly publicUrl?: string;
  readonly seed?: string;
  readonly speed?: number;
  readonly duration?: DurationOption;
  readonly logDelay?: number | "finished";
  readonly balance?: number;
  readonly clip?: "drawn" | "cached";
  readonly cacheDir?: string;
  readonly state?: string;
  readonly fault?: FaultChance[];
}

/**
 * What the command line asks for. Prints and exits for `--help` and `--version`; a bad flag is one line on stderr and exit
 * code 2.
 */
export function readCommandLine(argv: readonly string[]): EmulatorOptions {
  const command = new Command("reelwire-emulator")
    .description("The AI/ML API's video endpoints on your own machine: real MP4 files, faults on demand.")
    .version(version())
    .allowExcessArguments(false)
    .option("--host <address>", "address to listen on (127.0.0.1)")
    .option("--port <number>", "port to listen on; 0 lets the system choose (4010)", number, 4010)
    .option("--key <key...>", "API keys that are accepted (emulator-key)")
    .option("--public-url <url>", "what file URLs begin with, if not the address listened on")
    .option("--seed <text>", "the same seed draws the same durations and faults (1)")
    .option(
      "--speed <factor>",
      "emulator seconds in a real second; 0 stands still until POST /_emulator/clock (1)",
      number,
    )
    .option("--duration <ms>", "how long a generation takes: MS or MIN-MAX (about a minute)", duration)
    .option("--log-delay <ms>", "from a request to its row in the log: MS or `finished` (2000)", logDelay)
    .option("--balance <usd>", "opening balance (100000)", number)
    .option("--clip <kind>", "`drawn` from the prompt, or `cached`: one for each shape (drawn)", clip)
    .option("--cache-dir <path>", "where cached clips are kept (the system's temporary directory)")
    .option("--state <file>", "what it remembers is kept there for its next start (nothing is kept)")
    .option("--fault <chance...>", "POINT/NAME=PROBABILITY, such as status/unavailable=0.05", chance)
    .configureOutput({ outputError: (text, write) => write(`${text.replace(/^error: /, "").trim()}\n`) })
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  return toOptions(command.parse(argv, { from: "user" }).opts<Flags>());
}

function toOptions(flags: Flags): EmulatorOptions {
  const { host, port, key, publicUrl, seed, speed, duration, logDelay, balance, clip, cacheDir, state, fault } = flags;
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(key !== undefined && { apiKey: key }),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(seed !== undefined && { seed }),
    ...(speed !== undefined && { clock: { speed } }),
    ...(duration !== undefined && { durationMs: duration }),
    ...(logDelay !== undefined && { logDelayMs: logDelay }),
    ...(balance !== undefined && { balanceUsd: balance }),
    ...(clip !== undefined && { clip }),
    ...(cacheDir !== undefined && { cacheDir }),
    ...(state !== undefined && { stateFile: state }),
    ...(fault !== undefined && { faults: { mix: fault } }),
  };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError("Expected a number of at least 0.");
  }
  return value;
}

function duration(text: string): DurationOption {
  const [min = "", max, ...more] = text.split("-");
  if (more.length > 0) throw new InvalidArgumentError("Expected MS or MIN-MAX.");
  return max === undefined ? number(min) : { min: number(min), max: number(max) };
}

function logDelay(text: string): number | "finished" {
  return text === "finished" ? text : number(text);
}

function clip(text: string): "drawn" | "cached" {
  if (text !== "drawn" && text !== "cached") throw new InvalidArgumentError("Expected drawn or cached.");
  return text;
}

function chance(text: string, others: FaultChance[] = []): FaultChance[] {
  const [, on, name, probability] = /^([a-z]+)\/([a-z-]+)=([0-9.]+)$/.exec(text) ?? [];
  const fault = findFault(name ?? "");
  const wanted = { on, fault: name, probability: Number(probability) };
  if (!isChance(wanted) || !fault) throw new InvalidArgumentError("Expected POINT/NAME=PROBABILITY.");
  return [...others, wanted];
}

function isChance(wanted: {
  on: string | undefined;
  fault: string | undefined;
  probability: number;
}): wanted is FaultChance {
  const points: readonly string[] = findFault(wanted.fault ?? "")?.on ?? [];
  return points.includes(wanted.on ?? "") && wanted.probability >= 0 && wanted.probability <= 1;
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return String(version);
}
