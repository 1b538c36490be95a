import type { Emulator, EmulatorOptions } from "@reelwire/emulator";
import { runWithEmulator } from "@reelwire/gateway-for-tests";
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
  const { emulator, url } = started.use(
    await runWithEmulator({
      emulator: options,
      // Where the page of the tests is from.
      variables: { REELWIRE_ALLOWED_ORIGINS: "http://localhost:3000", ...variables },
    }),
  );
  const door = started.use(await Door.open(url));
  const running = started.move();
  return {
    emulator,
    door,
    url: door.url,
    finishAll: () => emulator.clock.advance(120_000),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
