import { join } from "node:path";
import { StartError } from "./start-error.ts";

/** The upstream on this machine, for those who have no key. */
export interface BuiltInEmulator {
  url: string;
  apiKey: string;
  close(): Promise<void>;
}

/** Quick, so that a newcomer need not wait; the upstream takes about a minute. In milliseconds. */
const DURATION_MS = { min: 6_000, max: 12_000 } as const;

/** What a generation takes as long as nothing was learned: the middle of the emulator's durations. In milliseconds. */
export const EMULATED_GENERATION_MS = 9_000;

/**
 * Starts the emulator, on loopback and a port of the system's choice. The package is optional, since it brings an H.264
 * encoder that a production gateway has no use for. What it remembers is kept in `dataDir`, made if missing, so that videos
 * under way end after a restart as they would upstream.
 *
 * @throws {StartError} when the package, or its encoder, is not installed, or the directory is in use or cannot be used
 */
export async function startBuiltInEmulator({ dataDir }: { dataDir: string }): Promise<BuiltInEmulator> {
  const { startEmulator, EmulatorError } = await import("@reelwire/emulator").catch((error: unknown) => {
    throw new StartError(
      "No key is set (AIMLAPI_API_KEY), and the emulator that would stand in is not installed: set a key, or install @reelwire/emulator.",
      { cause: error },
    );
  });
  try {
    return await startEmulator({ durationMs: DURATION_MS, stateFile: join(dataDir, "emulator.jsonl") });
  } catch (error) {
    if (error instanceof EmulatorError && error.code === "STATE_FILE_IN_USE") {
      throw new StartError(
        `The data directory ${dataDir} is already in use. Stop the process that uses it, or give this one a directory of its own.`,
        { cause: error },
      );
    }
    if (error instanceof EmulatorError)
      throw new StartError(`The emulator cannot start: ${error.message}`, { cause: error });
    throw error;
  }
}
