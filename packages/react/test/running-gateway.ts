import { type Emulator, type EmulatorOptions, startEmulator } from "@reelwire/emulator";
import { runMain } from "@reelwire/gateway-for-tests";
import { Door } from "./door.ts";

/** A gateway as a process of its own, behind a door, with an emulator whose time passes when told to. */
export interface RunningGateway extends AsyncDisposable {
  emulator: Emulator;
  door: Door;
  /** Of the GraphQL API, through the door. */
  url: string;
  /** Everything that was accepted so far ends. */
  finishAll(): void;
}

export async function runGateway({
  emulator: options = {},
  variables = {},
}: {
  emulator?: EmulatorOptions;
  variables?: Record<string, string>;
} = {}): Promise<RunningGateway> {
  await using started = new AsyncDisposableStack();
  const emulator = started.use(
    await startEmulator({ clock: "stepped", clip: "cached", durationMs: 60_000, ...options }),
  );
  const gateway = started.use(
    await runMain({
      AIMLAPI_API_KEY: emulator.apiKey,
      AIMLAPI_BASE_URL: emulator.url,
      // A clock that is moved by hand takes no minute.
      REELWIRE_TYPICAL_GENERATION_SECONDS: "1",
      // Where the page of the tests is from.
      REELWIRE_ALLOWED_ORIGINS: "http://localhost:3000",
      ...variables,
    }),
  );
  const door = started.use(await Door.open(await gateway.ready));
  const running = started.move();
  return {
    emulator,
    door,
    url: door.url,
    finishAll: () => emulator.clock.advance(120_000),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
