import { type Emulator, type EmulatorOptions, startEmulator } from "@reelwire/emulator";
import { runMain } from "./run-main.ts";

/** A gateway as a process of its own, in front of an emulator in this one. Both end when disposed of. */
export interface RunningWithEmulator extends AsyncDisposable {
  emulator: Emulator;
  /** Of the gateway, without a slash at the end. */
  url: string;
}

/** How it is run. */
export interface RunWithEmulatorOptions {
  /** Default: generations take a minute by the emulator's clock, which only `emulator.clock.advance` moves. */
  emulator?: EmulatorOptions;
  /** What the gateway's environment has besides. */
  variables?: Record<string, string>;
}

/** The gateway polls often, since the emulator's clock does not go by its own. */
export async function runWithEmulator(options: RunWithEmulatorOptions = {}): Promise<RunningWithEmulator> {
  await using started = new AsyncDisposableStack();
  const emulator = started.use(
    await startEmulator({ clip: "cached", clock: "stepped", durationMs: 60_000, ...options.emulator }),
  );
  const gateway = started.use(
    await runMain({
      AIMLAPI_API_KEY: emulator.apiKey,
      AIMLAPI_BASE_URL: emulator.url,
      REELWIRE_TYPICAL_GENERATION_SECONDS: "1",
      ...options.variables,
    }),
  );
  const url = await gateway.ready;
  const running = started.move();
  return { emulator, url, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
