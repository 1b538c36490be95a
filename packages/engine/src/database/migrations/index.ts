import type { Migration } from "kysely/migration";
import * as videos from "./0001-videos.ts";
import * as nodes from "./0002-nodes.ts";
import * as accessAndSpending from "./0003-access-and-spending.ts";
import * as uploads from "./0004-uploads.ts";
import * as webhooks from "./0005-webhooks.ts";

/** Every migration by name, in the order they run. A landed one is never edited. */
export const migrations: Record<string, Migration> = {
  "0001-videos": videos,
  "0002-nodes": nodes,
  "0003-access-and-spending": accessAndSpending,
  "0004-uploads": uploads,
  "0005-webhooks": webhooks,
};
