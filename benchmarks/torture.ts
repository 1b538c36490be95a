/**
 * Gateway nodes on one PostgreSQL while everything goes wrong, and whether they keep their promises.
 *
 * `pnpm build`, then `node benchmarks/torture.ts [--seed N] [--videos N] [--nodes N] [--seconds N]`. It starts everything itself, on
 * loopback, and removes it. Exits with 1 when a rule was broken, and says which, and by whom.
 */
import { parseArgs } from "node:util";
import { breachLines } from "./torture/report.ts";
import { runTorture } from "./torture/run-torture.ts";
import { FULL_TORTURE, type TortureSettings } from "./torture/settings.ts";
import { tableOf } from "./torture/table.ts";

const FLAGS = { seed: 0, videos: 1, nodes: 3, seconds: 1 } as const satisfies Record<keyof TortureSettings, number>;

function settingsFrom(args: string[]): TortureSettings {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ args, options: { seed: text, videos: text, nodes: text, seconds: text } });
  const settings = { ...FULL_TORTURE };
  for (const name of ["seed", "videos", "nodes", "seconds"] as const) {
    const value = values[name];
    if (value === undefined) continue;
    settings[name] = Number(value);
    if (!Number.isSafeInteger(settings[name]) || settings[name] < FLAGS[name]) {
      throw new Error(`--${name} must be a whole number of at least ${FLAGS[name]}, not ${value}`);
    }
  }
  return settings;
}

const report = await runTorture(settingsFrom(process.argv.slice(2)), (line) => process.stderr.write(`${line}\n`));
process.stdout.write(`\n${tableOf(report)}\n`);
const lines = breachLines(report);
for (const line of lines) process.stdout.write(`BREACH ${line}\n`);
process.exitCode = lines.length > 0 ? 1 : 0;
