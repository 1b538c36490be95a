import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { EngineSchema } from "./database/schema.ts";

/** The secret of this name, the same on every node and after every restart; 256 random bits made on first use. */
export async function sharedSecret(db: Kysely<EngineSchema>, name: string): Promise<Buffer> {
  await db
    .insertInto("secrets")
    .values({ name, value: randomBytes(32).toString("base64") })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { value } = await db.selectFrom("secrets").select("value").where("name", "=", name).executeTakeFirstOrThrow();
  return Buffer.from(value, "base64");
}
