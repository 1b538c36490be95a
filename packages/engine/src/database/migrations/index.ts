import type { Migration } from "kysely/migration";
import * as videos from "./0001-videos.ts";

/** Every migration by name, in the order they run. A landed one is never edited. */
export const migrations: Record<string, Migration> = {
  "0001-videos": videos,
};
