import { createHash } from "node:crypto";
import { newApiKeyId } from "@reelwire/core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Access } from "../../src/access/access.ts";
import { createKeyReader } from "../../src/access/key-reader.ts";
import { hasHash, hashOf, keyIdOf, newSecret } from "../../src/access/key-secret.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { type SharedDatabase, sharedDatabase } from "../stored-video.ts";
import { accessNode, facts, keyCaller, newKey } from "./access-node.ts";
import { countedQueries } from "./counted-queries.ts";

afterEach(() => {
  vi.useRealTimers();
});

const refusal = async (access: Access, credential: string) =>
  await access.authenticate(credential).then(
    () => "let in",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

const UNKNOWN = "UNAUTHENTICATED: This API key is not known: it is wrong, or not whole.";

describe.each(DATABASE_KINDS)("API keys: %s", (kind) => {
  let shared: SharedDatabase;
  beforeAll(async () => {
    shared = await sharedDatabase(kind);
  });
  afterAll(async () => {
    await shared.close();
  });
  const open = () => accessNode(shared.onServer ?? shared.db);

  test("a key lets in for its project, with its scopes, until its end", async () => {
    const access = await open();
    const expiresAt = new Date(Date.now() + 3_600_000);
    const { key, secret, caller } = await keyCaller(access, { scopes: ["webhooks", "admin", "admin"], expiresAt });
    expect(secret).toMatch(/^rwk_[0-9a-z]{26}_[A-Za-z0-9_-]{43}$/);
    expect(key).toMatchObject({
      ...newKey(),
      id: `key_${secret.slice(4, 30)}`,
      scopes: ["webhooks", "admin"],
      expiresAt,
    });
    expect(facts(caller)).toEqual({
      viewer: { project: "acme", subject: null, keyId: key.id },
      scopes: ["admin", "webhooks"],
      by: "key",
      expiresAt,
    });
  });

  test("what is kept of a secret is its hash", async () => {
    const access = await open();
    const { key, secret } = await access.createKey(newKey());
    const row = await shared.db.kysely
      .selectFrom("api_keys")
      .selectAll()
      .where("id", "=", key.id)
      .executeTakeFirstOrThrow();
    expect(row.hash).toBe(createHash("sha256").update(secret).digest("base64url"));
    expect(JSON.stringify(row)).not.toContain(secret.slice(31));
    expect(JSON.stringify([key, await access.keys("acme")])).not.toContain(row.hash);
  });

  test("a key that is wrong, cut off or made up is told the same, whether there is one of its id or not", async () => {
    const access = await open();
    const { key, secret } = await keyCaller(access);
    const last = secret.endsWith("A") ? "B" : "A";
    for (const wrong of [
      newSecret(key.id),
      newSecret(newApiKeyId()),
      `${secret.slice(0, -1)}${last}`,
      secret.slice(0, -1),
      `${secret}A`,
      secret.toUpperCase().replace("RWK", "rwk"),
      `${secret} `,
      "rwk_",
      "rwk_zzzzzzzzzzzzzzzzzzzzzzzzzz_".padEnd(74, "A"),
    ]) {
      expect(await refusal(access, wrong)).toBe(UNKNOWN);
    }
    expect(await refusal(access, secret)).toBe("let in");
  });

  test("a key that was revoked is refused at once, and so is one that has come to its end", async () => {
    const access = await open();
    const { key, secret } = await keyCaller(access);
    const revoked = await access.revokeKey("acme", key.id);
    expect(revoked.revokedAt).toBeInstanceOf(Date);
    expect(await refusal(access, secret)).toBe("UNAUTHENTICATED: This API key was revoked.");
    expect(await refusal(access, newSecret(key.id))).toBe(UNKNOWN);
    // Again: the same answer.
    expect(await access.revokeKey(null, key.id)).toEqual(revoked);

    const ends = await keyCaller(access, { expiresAt: new Date(Date.now() + 60_000) });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 59_000 });
    expect(await refusal(access, ends.secret)).toBe("let in");
    vi.setSystemTime(Date.now() + 1_000);
    expect(await refusal(access, ends.secret)).toBe("UNAUTHENTICATED: This API key has expired.");
  });

  test("keys are listed by project, the newest first, and are revoked in their own project alone", async () => {
    const access = await open();
    const [first, second] = [
      await keyCaller(access, { project: "mine" }),
      await keyCaller(access, { project: "mine" }),
    ];
    const other = await keyCaller(access, { project: "theirs", createdBy: first.key.id });
    await access.revokeKey("mine", first.key.id);
    const ids = async (project: string | null) => (await access.keys(project)).map(({ id }) => id);
    expect(await ids("mine")).toEqual([second.key.id, first.key.id]);
    expect(await ids("nobody's")).toEqual([]);
    expect((await ids(null)).slice(0, 3)).toEqual([other.key.id, second.key.id, first.key.id]);
    expect((await access.keys("theirs"))[0]).toMatchObject({
      name: "server",
      createdBy: first.key.id,
      revokedAt: null,
    });
    for (const id of [other.key.id, newApiKeyId(), "key_nothing", "\0", ""]) {
      await expect(access.revokeKey("mine", id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    expect(await refusal(access, other.secret)).toBe("let in");
  });

  test("what a key is made of is checked, and every problem is told", async () => {
    const access = await open();
    const made = await access.keys(null);
    const wrong = newKey({ project: "-Acme", name: " ", scopes: [], expiresAt: new Date(Date.now()), createdBy: "me" });
    await expect(access.createKey(wrong)).rejects.toMatchObject({
      code: "BAD_INPUT",
      issues: ["project", "name", "scopes", "expiresAt", "createdBy"].map((field) => ({ path: [field] })),
    });
    expect(await access.keys(null)).toEqual(made);
  });

  test("the last use is saved behind the user's back, once a minute", async () => {
    const access = await open();
    const { key, secret } = await access.createKey(newKey({ name: "used" }));
    const lastUse = async () => (await access.keys("acme")).find(({ id }) => id === key.id)?.lastUsedAt ?? null;
    expect(await lastUse()).toBeNull();
    const start = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    await access.authenticate(secret);
    await vi.waitFor(async () => expect(await lastUse()).toEqual(new Date(start)));
    vi.setSystemTime(start + 59_000);
    await access.authenticate(secret);
    vi.setSystemTime(start + 60_000);
    await access.authenticate(secret);
    await vi.waitFor(async () => expect(await lastUse()).toEqual(new Date(start + 60_000)));
  });

  test("however many ask for a key at once, it is read once; one that is not there is looked for each time", async () => {
    const access = await open();
    const { key } = await access.createKey(newKey());
    const { db, counted } = countedQueries(shared.db);
    const reader = createKeyReader(db.kysely, new AbortController().signal);
    await Promise.all(Array.from({ length: 100 }, () => reader.read(key.id)));
    expect(await reader.read(key.id)).toMatchObject({ id: key.id, revokedAt: null });
    expect(counted.queries).toBe(1);
    reader.revoke(key.id);
    expect(await reader.read(key.id)).toMatchObject({ id: key.id, revokedAt: expect.any(Date) });
    expect(counted.queries).toBe(2);
    reader.forgetAll();
    await reader.read(key.id);
    expect(counted.queries).toBe(3);
    const none = newApiKeyId();
    for (const times of [1, 2]) {
      expect(await reader.read(none)).toBeNull();
      expect(counted.queries).toBe(3 + times);
    }
  });

  test("a row that was read before its key was revoked does not bring it back", async () => {
    const access = await open();
    const { key } = await access.createKey(newKey());
    const reader = createKeyReader(shared.db.kysely, new AbortController().signal);
    const reading = reader.read(key.id);
    reader.revoke(key.id);
    expect(await reading).toMatchObject({ id: key.id, revokedAt: expect.any(Date) });
  });
});

describe("secrets", () => {
  test("a secret names its key, and only its own hash fits it", () => {
    const id = newApiKeyId();
    const [secret, other] = [newSecret(id), newSecret(id)];
    expect(keyIdOf(secret)).toBe(id);
    expect(hasHash(secret, hashOf(secret))).toBe(true);
    expect(hasHash(other, hashOf(secret))).toBe(false);
    expect(hasHash(secret, "")).toBe(false);
  });

  test("where there is no key it is compared all the same, and fits nothing", () => {
    const secret = newSecret(newApiKeyId());
    expect(hasHash(secret, null)).toBe(false);
    // What it is compared with then is no hash that anybody could be said to have.
    expect(hasHash(secret, Buffer.alloc(32).toString("base64url"))).toBe(false);
  });

  test("a thousand secrets are a thousand", () => {
    const id = newApiKeyId();
    expect(new Set(Array.from({ length: 1_000 }, () => newSecret(id))).size).toBe(1_000);
  });
});
