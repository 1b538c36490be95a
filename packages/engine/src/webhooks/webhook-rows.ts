import { createHash } from "node:crypto";
import {
  ApiError,
  type CheckedWebhook,
  MAX_WEBHOOKS,
  newWebhookId,
  type WebhookDisabledReason,
  type WebhookEvent,
} from "@reelwire/core";
import { type ExpressionBuilder, type Kysely, type Selectable, sql } from "kysely";
import type { EngineSchema, WebhooksTable } from "../database/schema.ts";
import { ownerOf, type Viewer } from "../viewer.ts";
import { failPending } from "./pending-deliveries.ts";
import { newSecret, overlapEnds } from "./webhook-secret.ts";
import type { RotatedSecret, Webhook } from "./webhooks.ts";

type Db = Kysely<EngineSchema>;

/** A webhook, and what its deliveries are signed with. */
export interface WebhookAndSecret {
  webhook: Webhook;
  secret: string;
}

/** Any number will do. */
const COUNT_LOCK = 72_951_805;

/** Whether a viewer has webhooks at all: a token for some videos has none, whoever's they are. */
export function hasWebhooks(viewer: Viewer): boolean {
  return viewer.videoIds === undefined;
}

/** Those of a viewer's project, or of its subject. */
function visible(eb: ExpressionBuilder<EngineSchema, "webhooks">, viewer: Viewer) {
  const inProject = eb("project", "=", viewer.project);
  if (!hasWebhooks(viewer)) return eb.and([inProject, eb.lit(false)]);
  return viewer.subject === null ? inProject : eb.and([inProject, eb("subject", "=", viewer.subject)]);
}

/** The webhook that was made with this input before. It is switched on again where it was off: who asks for it wants to be told. */
export async function reuseWebhook(db: Db, viewer: Viewer, asked: CheckedWebhook): Promise<WebhookAndSecret | null> {
  const found = await db
    .selectFrom("webhooks")
    .selectAll()
    .where("project", "=", viewer.project)
    .where("fingerprint", "=", fingerprintOf(viewer, asked))
    .executeTakeFirst();
  if (found === undefined) return null;
  const webhook = found.disabled_at === null ? webhookFromRow(found) : await enableWebhook(db, viewer, found.id);
  return webhook === null ? null : { webhook, secret: found.secret };
}

/**
 * Saves a new webhook, within a transaction; `null` where there is one of the same input by now.
 *
 * @throws {ApiError} `TOO_MANY_WEBHOOKS`
 */
export async function insertWebhook(
  transaction: Db,
  viewer: Viewer,
  asked: CheckedWebhook,
): Promise<WebhookAndSecret | null> {
  // Whoever makes one of the same project waits, so that no more are made than may be.
  await sql`SELECT pg_advisory_xact_lock(${COUNT_LOCK}, hashtext(${viewer.project}))`.execute(transaction);
  const { count } = await transaction
    .selectFrom("webhooks")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("project", "=", viewer.project)
    .executeTakeFirstOrThrow();
  const row = await transaction
    .insertInto("webhooks")
    .values({
      id: newWebhookId(),
      ...ownerOf(viewer),
      key_id: viewer.keyId,
      url: asked.url,
      events: [...asked.events],
      filter_model: asked.filter.model,
      filter_external_id_prefix: asked.filter.externalIdPrefix,
      filter_subject: asked.filter.subject,
      fingerprint: fingerprintOf(viewer, asked),
      secret: newSecret(),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return null;
  if (count >= MAX_WEBHOOKS) {
    throw new ApiError(
      "TOO_MANY_WEBHOOKS",
      `The project has ${MAX_WEBHOOKS} webhooks already, and can have no more. Delete one that is not needed.`,
    );
  }
  return { webhook: webhookFromRow(row), secret: row.secret };
}

/** All that a viewer may see, the newest first. */
export async function listWebhooks(db: Db, viewer: Viewer): Promise<Webhook[]> {
  const rows = await db
    .selectFrom("webhooks")
    .selectAll()
    .where((eb) => visible(eb, viewer))
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .execute();
  return rows.map(webhookFromRow);
}

/** The webhook with this id, if the viewer may see it. */
export async function findWebhook(db: Db, viewer: Viewer, id: string): Promise<Webhook | null> {
  const row = await db
    .selectFrom("webhooks")
    .selectAll()
    .where("id", "=", id)
    .where((eb) => visible(eb, viewer))
    .executeTakeFirst();
  return row === undefined ? null : webhookFromRow(row);
}

/** Deletes a webhook within a transaction, and ends what is on its way to it. `null` where there is none of the viewer's. */
export async function deleteWebhook(transaction: Db, viewer: Viewer, id: string): Promise<Webhook | null> {
  const row = await transaction
    .deleteFrom("webhooks")
    .where("id", "=", id)
    .where((eb) => visible(eb, viewer))
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return null;
  await failPending(transaction, id);
  return webhookFromRow(row);
}

/** Switches a webhook on, as one that has never failed. `null` where there is none of the viewer's. */
export async function enableWebhook(db: Db, viewer: Viewer, id: string): Promise<Webhook | null> {
  const row = await db
    .updateTable("webhooks")
    .set((eb) => ({
      // One that is on keeps its count of days.
      failing_since: eb.case().when("disabled_at", "is", null).then(eb.ref("failing_since")).else(null).end(),
      disabled_at: null,
      disabled_reason: null,
    }))
    .where("id", "=", id)
    .where((eb) => visible(eb, viewer))
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : webhookFromRow(row);
}

/**
 * Gives a webhook a new secret, once however often it is called; the one before signs as well for a while. `null` where there is no
 * such webhook of the viewer's.
 */
export async function rotateWebhookSecret(
  db: Db,
  viewer: Viewer,
  id: string,
  secret: string,
): Promise<RotatedSecret | null> {
  const row = await db
    .updateTable("webhooks")
    .set((eb) => ({ secret, previous_secret: eb.ref("secret"), previous_secret_until: overlapEnds }))
    .where("id", "=", id)
    .where("secret", "<>", secret)
    .where((eb) => visible(eb, viewer))
    .returning("previous_secret_until")
    .executeTakeFirst();
  if (row !== undefined) return { secret, previousSecretUntil: row.previous_secret_until };
  const done = await db
    .selectFrom("webhooks")
    .select("previous_secret_until")
    .where("id", "=", id)
    .where("secret", "=", secret)
    .where((eb) => visible(eb, viewer))
    .executeTakeFirst();
  return done === undefined ? null : { secret, previousSecretUntil: done.previous_secret_until };
}

/** Of whose it is and all that was asked: the same for the same. */
function fingerprintOf(viewer: Viewer, { url, events, filter }: CheckedWebhook): string {
  const { model, externalIdPrefix, subject } = filter;
  const asked = JSON.stringify([ownerOf(viewer).subject, url, events, model, externalIdPrefix, subject]);
  return createHash("sha256").update(asked).digest("base64url");
}

function webhookFromRow(row: Selectable<WebhooksTable>): Webhook {
  return {
    id: row.id,
    url: row.url,
    events: row.events as WebhookEvent[],
    filter: { model: row.filter_model, externalIdPrefix: row.filter_external_id_prefix, subject: row.filter_subject },
    createdAt: row.created_at,
    failingSince: row.failing_since,
    disabledAt: row.disabled_at,
    disabledReason: row.disabled_reason as WebhookDisabledReason | null,
  };
}
