#!/usr/bin/env node
import { readCommandLine } from "./command-line.ts";
import { EmulatorError } from "./emulator-error.ts";
import { paths } from "./endpoints.ts";
import { startEmulator } from "./start-emulator.ts";

try {
  const emulator = await startEmulator(readCommandLine(process.argv.slice(2)));
  const body = JSON.stringify({ model: "google/veo-3.1-lite-generate-001", prompt: "A hedgehog rides a tram" });
  process.stdout.write(`Emulator listening on ${emulator.url} (key: ${emulator.apiKey})

Try it:
  curl ${emulator.url}${paths.create} -H 'Authorization: Bearer ${emulator.apiKey}' -H 'Content-Type: application/json' -d '${body}'
  curl '${emulator.url}${paths.status}?generation_id=ID' -H 'Authorization: Bearer ${emulator.apiKey}'
`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => emulator.close());
} catch (error) {
  if (!(error instanceof EmulatorError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 1;
}
