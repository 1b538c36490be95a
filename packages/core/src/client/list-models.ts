import type { Connection } from "./connection.ts";
import { listModelsDocument } from "./generated/operations.ts";
import type { Model } from "./generated/schema.ts";
import type { CallOptions } from "./send.ts";
import { repeatOperation } from "./send-operation.ts";

/** What videos can be asked of, the default first. */
export async function listModels(connection: Connection, options?: CallOptions): Promise<readonly Model[]> {
  return (await repeatOperation(connection, listModelsDocument, {}, options)).models;
}
