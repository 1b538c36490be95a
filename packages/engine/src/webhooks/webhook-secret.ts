import { randomBytes } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { EngineSchema } from "../database/schema.ts";
import type { RotatedSecret } from "./webhooks.ts";

/** A secret, and the one before as long as it signs as well. */
interface SecretColumns {
  secret: string;
  previous_secret: string | null;
  previous_secret_until: Date | null;
}

/** How long the secret before signs as well, in hours: time for receivers to change over. */
const OVERLAP_HOURS = 24;

/** When the secret before stops, if there is one to stop from now on. */
export const overlapEnds = sql<Date>`clock_timestamp() + ${sql.lit(OVERLAP_HOURS)} * interval '1 hour'`;

/** A new secret: 256 random bits, as Standard Webhooks writes them. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** What signs at a time: one secret, or two. */
export function secretsAt(row: SecretColumns, at: Date): string[] {
  const { secret, previous_secret, previous_secret_until } = row;
  const signs = previous_secret !== null && previous_secret_until !== null && previous_secret_until > at;
  return signs ? [secret, previous_secret] : [secret];
}

/** What deliveries to a project's callbacks are signed with: made on first use, once, whoever needs it first. */
export async function callbackSecrets(db: Kysely<EngineSchema>, project: string, at: Date): Promise<string[]> {
  const find = () => db.selectFrom("callback_secrets").selectAll().where("project", "=", project).executeTakeFirst();
  const found = await find();
  if (found !== undefined) return secretsAt(found, at);
  await db
    .insertInto("callback_secrets")
    .values({ project, secret: newSecret() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const made = await find();
  if (made === undefined) throw new Error("the secret of a project's callbacks is gone");
  return secretsAt(made, at);
}

/** Gives a project a new secret for callbacks, once however often it is called. */
export async function rotateCallbackSecret(
  db: Kysely<EngineSchema>,
  project: string,
  secret: string,
): Promise<RotatedSecret> {
  await db
    .insertInto("callback_secrets")
    .values({ project, secret })
    .onConflict((conflict) =>
      conflict
        .column("project")
        .doUpdateSet((eb) => ({
          secret,
          previous_secret: eb.ref("callback_secrets.secret"),
          previous_secret_until: overlapEnds,
        }))
        .where("callback_secrets.secret", "<>", secret),
    )
    .execute();
  const row = await db
    .selectFrom("callback_secrets")
    .select("previous_secret_until")
    .where("project", "=", project)
    .executeTakeFirstOrThrow();
  return { secret, previousSecretUntil: row.previous_secret_until };
}
