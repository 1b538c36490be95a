import { readFileSync } from "node:fs";
import { Command } from "commander";
import { parseConfiguration } from "./configuration.ts";
import { exportCommand } from "./export-command.ts";
import { importCommand } from "./import-command.ts";
import { registerKeysCommand } from "./keys-command.ts";
import { explainStartFailure } from "./start-error.ts";
import { withoutSecrets } from "./without-secrets.ts";

/**
 * Does what the command line asks for. A failure is one line on standard error and exit code 1, a command line that makes no
 * sense exit code 2.
 */
export async function runReelwire(argv: readonly string[]): Promise<void> {
  const program = new Command("reelwire")
    .description("A gateway, and what is done to its database. Configured by the environment, as the gateway is.")
    .version(version())
    .configureOutput({ outputError: (text) => complain(text.replace(/^error: /, "").trim()) })
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    });
  program
    .command("start")
    .description("starts a gateway, until it is stopped")
    .action(async () => {
      await import("./run-gateway.ts");
    });
  program
    .command("export")
    .description("writes everything in the database to a file, which holds prompts and secrets")
    .argument("[file]", "a file that does not exist yet (standard output)")
    .action((file) => run(() => exportCommand(parseConfiguration(process.env), file)));
  program
    .command("import")
    .description("fills a database without videos from such a file; copies files")
    .argument("[file]", "what `reelwire export` wrote; `-` is standard input")
    .option("--files <directory>", "copy its videos' files and uploaded images from there to where they are kept now")
    .action((file, { files }) => run(() => importCommand(parseConfiguration(process.env), { file, files })));
  registerKeysCommand(program, run);
  await program.parseAsync(argv, { from: "user" });
}

async function run(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const lines = explainStartFailure(error) ?? [
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    ];
    for (const line of lines) complain(line);
    process.exitCode = 1;
  }
}

/** What it repeats of the command line may be a key, given where none belongs. */
function complain(line: string): void {
  process.stderr.write(`reelwire: ${withoutSecrets(line)}\n`);
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return String(version);
}
