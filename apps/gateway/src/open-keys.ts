import { DatabaseError, type KeyAdministration, openAccess } from "@reelwire/engine";
import type { Configuration } from "./configuration.ts";
import { connectControl } from "./control-client.ts";
import { controlSocketPath, MAX_SOCKET_PATH_BYTES } from "./control-messages.ts";
import { StartError } from "./start-error.ts";
import { databaseOptions, databasePlace } from "./storage.ts";

/** The keys that are configured, as long as they are open. */
export interface OpenKeys {
  access: KeyAdministration;
  /** Where they are, for people, with its preposition. */
  place: string;
  close(): Promise<void>;
}

/**
 * The keys, as the operator has them: those in PostgreSQL where it is configured, those of the gateway that runs on the data
 * directory, or where none does those in the embedded database there.
 *
 * @param mustExist whether to refuse, rather than make, an embedded database that is not there
 * @throws {StartError}
 * @throws {DatabaseError}
 */
export async function openKeys(configuration: Configuration, mustExist: boolean): Promise<OpenKeys> {
  const { databaseUrl, dataDir } = configuration;
  if (databaseUrl === null) {
    const control = await connectControl(dataDir);
    if (control !== null) return { ...control, place: `at the gateway that runs on ${dataDir}` };
  }
  try {
    const opened = await openAccess({ ...databaseOptions(configuration), mustExist });
    const nobody = databaseUrl === null ? ", where no gateway runs now" : "";
    return { ...opened, place: `in ${databasePlace(configuration)}${nobody}` };
  } catch (error) {
    if (!(error instanceof DatabaseError && error.code === "DATA_DIR_IN_USE")) throw error;
    const advice =
      controlSocketPath(dataDir) === null
        ? `Its path is too long for a socket in it, which may have ${MAX_SOCKET_PATH_BYTES} bytes: stop the gateway, or move it to a directory with a shorter path.`
        : "It may be starting or stopping: try again in a moment.";
    throw new StartError(`The data directory ${dataDir} is in use, and no gateway can be spoken to there. ${advice}`, {
      cause: error,
    });
  }
}
