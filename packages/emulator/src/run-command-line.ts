import { readCommandLine } from "./command-line.ts";
import type { Emulator } from "./emulator.ts";
import { EmulatorError } from "./emulator-error.ts";
import { paths } from "./endpoints.ts";
import { startEmulator } from "./start-emulator.ts";

/** Starts what the command line asks for, prints where it is, and stops on a signal. A failure is one line, and exit code 1. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  const options = readCommandLine(argv);
  try {
    const emulator = await startEmulator(options);
    if (options.host !== undefined && !isLoopback(options.host)) {
      process.stderr.write(
        `Warning: ${options.host} is not loopback, and /_emulator/, which moves the clock and injects faults, asks for no key.\n`,
      );
    }
    greet(emulator, options.host);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => emulator.close());
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
    process.stderr.write(`${error.code}: ${error.message}\n`);
    process.exitCode = 1;
  }
}

function greet({ url, port, apiKey }: Emulator, host = "127.0.0.1"): void {
  const listening = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const body = JSON.stringify({ model: "google/veo-3.1-lite-generate-001", prompt: "A hedgehog rides a tram" });
  process.stdout.write(`Emulator listening on ${listening} (key: ${apiKey})

Try it:
  curl ${url}${paths.create} -H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json' -d '${body}'
  curl '${url}${paths.status}?generation_id=ID' -H 'Authorization: Bearer ${apiKey}'
`);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);
}
