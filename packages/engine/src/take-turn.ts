import type { Kysely } from "kysely";
import type { EngineSchema } from "./database/schema.ts";
import type { Viewer } from "./viewer.ts";

/** The place of a new video among those that wait to be sent: keys take turns, however many videos each has. */
export async function takeTurn(_transaction: Kysely<EngineSchema>, _viewer: Viewer): Promise<number> {
  return 0;
}
