import { VIDEO_STATUSES } from "@reelwire/core";
import fc from "fast-check";
import type { Insertable, Kysely } from "kysely";
import { sql } from "kysely";
import type { EngineSchema, VideosTable } from "../../src/database/schema.ts";

/** Texts as PostgreSQL takes them: any Unicode but U+0000, line ends and quotes of every sort among it. */
const text = fc.oneof(
  fc.string({ unit: "binary" }).map((any) => any.replaceAll("\0", "")),
  fc.constantFrom(
    "",
    "\n",
    "\r\n",
    "\u2028\u2029",
    '"\\',
    "null",
    "héron 🚀 雨",
    "\u0001\u007f\u0085\ufeff",
    "NaN",
    "{}",
  ),
);
const time = fc.date({ min: new Date("1990-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
const amount = fc.double({ noNaN: true, noDefaultInfinity: true });
/** Without a JSON `null` at the top, which nothing writes: in an export it cannot be told from none. */
const json = fc
  .jsonValue({ stringUnit: "binary" })
  .map((value) => JSON.stringify(value))
  .filter((written) => written !== "null" && !written.includes("\\u0000"));
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some);

const columns = {
  key_id: maybe(text),
  request: json,
  fingerprint: text,
  estimated_usd: maybe(amount),
  created_at: time,
  version: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  attempt: fc.nat(9),
  waiting_reason: maybe(text),
  generation_id: maybe(text),
  error: maybe(json),
  credits_used: maybe(amount),
  charged_usd: maybe(amount),
  submitted_at: maybe(time),
  last_checked_at: maybe(time),
  last_pending_at: maybe(time),
  updated_at: time,
  fence: fc.nat(1_000_000),
  node_id: maybe(fc.uuid()),
};

const versions = fc.array(fc.record({ event: text, state: json, at: time }), { maxLength: 5 });
const images = maybe(fc.record({ image_url: maybe(text), last_image_url: maybe(text) }));
const upload = fc.record({
  key_id: maybe(text),
  content_type: fc.constantFrom("image/png", "image/jpeg", "image/webp"),
  width: fc.nat(65_535),
  height: fc.nat(65_535),
  bytes: fc.nat(10_485_760),
  created_at: time,
  expires_at: maybe(time),
});
const owner = fc.record({ project: text, subject: text });
const webhook = fc.record({
  key_id: maybe(text),
  url: text,
  events: fc.array(text, { maxLength: 4 }),
  filter_model: maybe(text),
  filter_external_id_prefix: maybe(text),
  filter_subject: maybe(text),
  secret: text,
  previous_secret: maybe(text),
  previous_secret_until: maybe(time),
  created_at: time,
  failing_since: maybe(time),
  disabled_at: maybe(time),
  disabled_reason: maybe(text),
});
const delivery = fc.record({
  url: text,
  event: text,
  status: fc.constantFrom("PENDING", "DELIVERED", "FAILED"),
  created_at: time,
  next_attempt_at: maybe(time),
  finished_at: maybe(time),
  tried_since: time,
  tries: fc.nat(100),
  node_id: maybe(fc.uuid()),
});
const attempts = fc.array(
  fc.record({
    at: time,
    duration_ms: fc.nat(15_000),
    status_code: maybe(fc.integer({ min: 100, max: 599 })),
    error_code: maybe(text),
    error_message: maybe(text),
    response_body: maybe(text),
  }),
  { maxLength: 3 },
);

/**
 * Fills a database with videos in every status, each column as odd as it may be, and with the secret of a gateway. The same
 * at every run.
 */
export async function fillWithVariety(kysely: Kysely<EngineSchema>, { videos = 64, seed = 1 } = {}): Promise<void> {
  const sample = <T>(arbitrary: fc.Arbitrary<T>) => fc.sample(arbitrary, { numRuns: videos, seed });
  const rows = sample(
    fc.record({
      ...{ owner, versions, images, upload, webhook, delivery, attempts },
      columns: fc.record(columns),
      callback_urls: fc.array(text, { maxLength: 10 }),
      archived: fc.boolean(),
    }),
  );
  for (const [index, row] of rows.entries()) {
    const status = VIDEO_STATUSES[index % VIDEO_STATUSES.length] ?? "ACCEPTED";
    const isFinal = ["COMPLETED", "FAILED", "CANCELED"].includes(status);
    const id = `01930000-0000-7000-8000-${index.toString(16).padStart(12, "0")}`;
    const video: Insertable<VideosTable> = {
      ...row.columns,
      ...row.owner,
      id,
      status,
      callback_urls: row.callback_urls,
      idempotency_key: index % 3 === 0 ? `${row.columns.fingerprint} ${index}` : null,
      external_id: index % 4 === 0 ? `order ${index}` : null,
      source_url: status === "COMPLETED" ? `https://files.example/${index}.mp4` : null,
      finished_at: isFinal ? row.columns.updated_at : null,
      archived_at: status === "COMPLETED" && row.archived ? row.columns.updated_at : null,
    };
    await kysely.insertInto("videos").values(video).execute();
    for (const [version, event] of row.versions.entries()) {
      await kysely
        .insertInto("video_events")
        .values({ ...event, video_id: id, version: version + 1 })
        .execute();
    }
    if (row.images !== null) {
      await kysely
        .insertInto("video_images")
        .values({ ...row.images, video_id: id })
        .execute();
    }
  }
  for (const [index, row] of rows.entries()) {
    const id = `upload_${index.toString().padStart(26, "0")}`;
    await kysely
      .insertInto("uploads")
      .values({ ...row.upload, ...row.owner, id })
      .execute();
  }
  for (const [index, row] of rows.entries()) {
    const at = index.toString(16).padStart(12, "0");
    const [id, delivery_id] = [`webhook_${at}`, `00000000-0000-4000-8000-${at}`];
    await kysely
      .insertInto("webhooks")
      .values({ ...row.webhook, ...row.owner, id, fingerprint: at })
      .execute();
    const video_id = `01930000-0000-7000-8000-${at}`;
    const webhook_id = index % 2 === 0 ? id : null;
    await kysely
      .insertInto("webhook_deliveries")
      .values({ ...row.delivery, ...row.owner, id: delivery_id, video_id, webhook_id })
      .execute();
    for (const [before, attempt] of row.attempts.entries()) {
      await kysely
        .insertInto("webhook_attempts")
        .values({ ...attempt, delivery_id, number: before + 1 })
        .execute();
    }
    await kysely
      .insertInto("callback_secrets")
      .values({ project: `${at} ${row.owner.project}`, secret: row.webhook.secret })
      .execute();
  }
  // What no JavaScript value can hold.
  await sql`UPDATE videos SET updated_at = updated_at + interval '7 microseconds'`.execute(kysely);
  await sql`UPDATE videos SET request = '{"exact": 12345678901234567890.123456789}' WHERE status = 'CANCELED'`.execute(
    kysely,
  );
  await sql`UPDATE videos SET charged_usd = 'NaN', credits_used = '-Infinity', last_checked_at = 'infinity' WHERE status = 'QUEUED'`.execute(
    kysely,
  );
  await kysely.insertInto("secrets").values({ name: "file-signature", value: "of the exported" }).execute();
}
