import type { EngineOptions } from "../engine-options.ts";
import { type Logger, silentLogger } from "../logger.ts";
import { assertDatabase, openDatabase } from "../open-database.ts";
import { administerKeys, type KeyAdministration } from "./administer-keys.ts";

/** Which database the keys are in. */
export interface OpenAccessOptions extends Pick<EngineOptions, "dataDir" | "databaseUrl"> {
  /** Where lost connections are told of. Default: nowhere. */
  log?: Logger;
  /** Whether to refuse, rather than make, an embedded database that is not there. Default: false. */
  mustExist?: boolean;
}

/** The keys of a database, as long as it is open. */
export interface AdministeredAccess {
  access: KeyAdministration;
  /** Closes the database. */
  close(): Promise<void>;
}

/**
 * Opens a database to make, list and end its keys without an engine: as the operator, who may do so in every project. Nodes
 * that share a PostgreSQL hear of it at once. An embedded database is made where there is none, unless it must exist.
 *
 * @throws {DatabaseError} `DATA_DIR_IN_USE` when a gateway has the embedded one; `DATABASE_MISSING`; and the others of opening a database
 */
export async function openAccess(options: OpenAccessOptions): Promise<AdministeredAccess> {
  if (options.mustExist) assertDatabase(options);
  const closing = new AbortController();
  const { db, bus } = await openDatabase(options, options.log ?? silentLogger);
  return {
    access: administerKeys(db, () => {}, closing.signal),
    async close() {
      closing.abort();
      await bus.close();
      await db.close();
    },
  };
}
