import { randomUUID } from "node:crypto";
import { exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { type Kysely, sql } from "kysely";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import { throughOutage } from "../database-outage.ts";
import type { Logger } from "../logger.ts";
import { pause } from "../wake.ts";

/** How access tokens are signed: Ed25519. */
export const SIGNING_ALGORITHM = "EdDSA";

const DAY_MS = 24 * 3_600_000;

/** A key signs until it is this old, in milliseconds. */
const SIGNS_MS = 30 * DAY_MS;

/** And verifies until it is this old: a token lives a day at most, and clocks differ. */
const VERIFIES_MS = SIGNS_MS + 2 * DAY_MS;

/** How long what was read is good, in milliseconds: a key that somebody deletes ends so soon. */
const HOLDS_MS = 60_000;

/** How far apart readings are, in milliseconds, however many tokens name keys that are not known. */
const APART_MS = 1_000;

/** Held while a key is made, so that nodes make one and not one each. Any number will do. */
const MAKING_LOCK = 7_295_180_514_334_004;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type SignedBy = Awaited<ReturnType<typeof importJWK>>;

/** A key that signs access tokens, or did. */
export interface SigningKey {
  id: string;
  createdAt: Date;
  privateKey: SignedBy;
  publicKey: SignedBy;
}

/** The keys that sign access tokens, the same on every node. */
export interface SigningKeys {
  /** The one to sign by: the newest, made anew every 30 days. @throws {ApiError} `UNAVAILABLE` */
  current(): Promise<SigningKey>;
  /**
   * The one of this id, as long as a token signed by it can live; `null` where there is none. One that another node has
   * just made is found; ids that are invented cost a query a second, however many there are, and wait for it.
   *
   * @throws {ApiError} `UNAVAILABLE`
   */
  find(id: string): Promise<SigningKey | null>;
}

export function createSigningKeys(db: EngineDatabase<EngineSchema>, log: Logger, closing: AbortSignal): SigningKeys {
  let known = new Map<string, SigningKey>();
  /** When the newest reading began, by `performance.now`. */
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  let making: Promise<SigningKey> | null = null;

  async function read(apartMs: number): Promise<void> {
    const waitMs = readAt + apartMs - performance.now();
    if (waitMs > 0) await pause(waitMs, closing);
    const began = performance.now();
    const rows = await throughOutage(() => listRows(db.kysely), closing);
    const keys = await Promise.all(rows.map((row) => known.get(row.id) ?? importRow(row, log)));
    known = new Map(keys.flatMap((key) => (key === null ? [] : [[key.id, key]])));
    readAt = began;
  }

  /** What is being read for others may have been read before there was what is asked for. */
  async function readSince(moment: number, apartMs: number): Promise<void> {
    while (readAt < moment) {
      reading ??= read(apartMs).finally(() => {
        reading = null;
      });
      await reading;
    }
  }

  const ageOf = (key: SigningKey) => Date.now() - key.createdAt.getTime();
  const newest = () => [...known.values()].sort((a, b) => ageOf(a) - ageOf(b))[0] ?? null;

  async function make(): Promise<SigningKey> {
    await throughOutage(() => makeRow(db), closing);
    await readSince(performance.now(), 0);
    const made = newest();
    if (made === null) throw new Error("a key to sign by was made, and is not there");
    return made;
  }

  return {
    async current() {
      await readSince(performance.now() - HOLDS_MS, 0);
      const held = newest();
      if (held !== null && ageOf(held) < SIGNS_MS) return held;
      making ??= make().finally(() => {
        making = null;
      });
      return await making;
    },
    async find(id) {
      if (!UUID.test(id)) return null;
      const asked = performance.now();
      await readSince(asked - HOLDS_MS, 0);
      if (!known.has(id)) await readSince(asked, APART_MS);
      const key = known.get(id) ?? null;
      return key !== null && ageOf(key) < VERIFIES_MS ? key : null;
    },
  };
}

interface SigningKeyRow {
  id: string;
  private_key: JWK;
  created_at: Date;
}

async function listRows(db: Kysely<EngineSchema>): Promise<SigningKeyRow[]> {
  return await db
    .selectFrom("signing_keys")
    .selectAll()
    .where("created_at", ">", new Date(Date.now() - VERIFIES_MS))
    .execute();
}

/** Makes a key to sign by, unless another node was first, and clears away those that verify nothing any more. */
async function makeRow(db: EngineDatabase<EngineSchema>): Promise<void> {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { crv: "Ed25519", extractable: true });
  const privateJwk = JSON.stringify(await exportJWK(privateKey));
  await db.transaction(async ({ kysely }) => {
    await sql`SELECT pg_advisory_xact_lock(${MAKING_LOCK})`.execute(kysely);
    const now = Date.now();
    const young = await kysely
      .selectFrom("signing_keys")
      .select("id")
      .where("created_at", ">", new Date(now - SIGNS_MS))
      .executeTakeFirst();
    if (young !== undefined) return;
    await kysely
      .deleteFrom("signing_keys")
      .where("created_at", "<", new Date(now - VERIFIES_MS))
      .execute();
    await kysely
      .insertInto("signing_keys")
      .values({ id: randomUUID(), private_key: privateJwk, created_at: new Date(now) })
      .execute();
  });
}

async function importRow(row: SigningKeyRow, log: Logger): Promise<SigningKey | null> {
  try {
    const { d: _secret, ...publicJwk } = row.private_key;
    return {
      id: row.id,
      createdAt: row.created_at,
      privateKey: await importJWK(row.private_key, SIGNING_ALGORITHM),
      publicKey: await importJWK(publicJwk, SIGNING_ALGORITHM),
    };
  } catch (error) {
    log.error({ err: error, id: row.id }, "a signing key cannot be read");
    return null;
  }
}
