import type { KyselyPlugin } from "kysely";
import type { EngineDatabase } from "../../src/database/database.ts";
import type { EngineSchema } from "../../src/database/schema.ts";

/** The same database, with every query that is built from now on counted; those within transactions are not. */
export function countedQueries(db: EngineDatabase<EngineSchema>) {
  const counted = { queries: 0 };
  const counting: KyselyPlugin = {
    transformQuery({ node }) {
      counted.queries += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { db: { ...db, kysely: db.kysely.withPlugin(counting) }, counted };
}
