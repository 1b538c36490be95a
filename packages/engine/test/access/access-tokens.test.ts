import { randomUUID } from "node:crypto";
import { newApiKeyId, newVideoId } from "@reelwire/core";
import { base64url, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Access, Caller, NewAccessToken } from "../../src/access/access.ts";
import { createSigningKeys } from "../../src/access/signing-keys.ts";
import { silentLogger } from "../../src/logger.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { type SharedDatabase, sharedDatabase } from "../stored-video.ts";
import { accessNode, facts, keyCaller, newToken } from "./access-node.ts";
import { countedQueries } from "./counted-queries.ts";

afterEach(() => {
  vi.useRealTimers();
});

const DAY_MS = 86_400_000;

const refusal = async (access: Access, credential: string) =>
  await access.authenticate(credential).then(
    () => "let in",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

const seconds = (afterNow: number) => Math.floor(Date.now() / 1_000) + afterNow;

describe.each(DATABASE_KINDS)("access tokens: %s", (kind) => {
  let shared: SharedDatabase;
  beforeAll(async () => {
    shared = await sharedDatabase(kind);
  });
  afterAll(async () => {
    await shared.close();
  });
  const open = () => accessNode(shared.onServer ?? shared.db);

  /** The newest key that signs, as a thief of the database would have it. */
  async function signingKey(): Promise<{ id: string; jwk: JWK }> {
    const { id, private_key } = await shared.db.kysely
      .selectFrom("signing_keys")
      .selectAll()
      .orderBy("created_at", "desc")
      .limit(1)
      .executeTakeFirstOrThrow();
    return { id, jwk: private_key };
  }

  test("a token lets in for its subject, with its scopes, until its end", async () => {
    const access = await open();
    const { key, caller } = await keyCaller(access);
    const before = seconds(600);
    const { token, expiresAt } = await access.createToken(caller, newToken());
    expect(expiresAt.getTime() % 1_000).toBe(0);
    expect(expiresAt.getTime() / 1_000 - before).toBeOneOf([0, 1]);
    expect(facts(await access.authenticate(token))).toEqual({
      viewer: { project: "acme", subject: "ada", keyId: key.id },
      scopes: ["videos:read"],
      by: "token",
      expiresAt,
    });
  });

  test("a token names the videos it is for, and then needs no subject", async () => {
    const access = await open();
    const { key, caller } = await keyCaller(access);
    const videoIds = Array.from({ length: 100 }, newVideoId);
    const { token } = await access.createToken(caller, newToken({ subject: null, videoIds }));
    const { viewer } = await access.authenticate(token);
    expect(viewer).toEqual({ project: "acme", subject: null, keyId: key.id, videoIds });
  });

  test("a key gives what it has, and an admin's all that a token can have; nobody else gives anything", async () => {
    const access = await open();
    const reader = await keyCaller(access, { scopes: ["videos:read"] });
    const input = newToken({ scopes: ["videos:read", "videos:create"] });
    await expect(access.createToken(reader.caller, input)).rejects.toMatchObject({
      code: "FORBIDDEN",
      message: expect.stringContaining("VIDEOS_CREATE"),
    });
    const admin = await keyCaller(access, { scopes: ["admin"] });
    const { token } = await access.createToken(admin.caller, input);
    const byToken = await access.authenticate(token);
    expect(facts(byToken).scopes).toEqual(["videos:create", "videos:read"]);
    for (const by of ["token", "external"] as const) {
      await expect(access.createToken({ ...byToken, by }, newToken())).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
  });

  test.each<[string, object, string[]]>([
    ["no subject", { subject: null }, ["subject"]],
    [
      "no subject to make videos for",
      { subject: null, videoIds: [newVideoId()], scopes: ["videos:create"] },
      ["subject"],
    ],
    ["an empty subject", { subject: "" }, ["subject"]],
    ["a long subject", { subject: "x".repeat(256) }, ["subject"]],
    ["a subject that cannot be stored", { subject: "a\0" }, ["subject"]],
    ["no scopes", { scopes: [] }, ["scopes"]],
    ["a scope that is not for tokens", { scopes: ["videos:read", "admin"] }, ["scopes.1"]],
    ["no videos", { videoIds: [] }, ["videoIds"]],
    ["too many videos", { videoIds: Array.from({ length: 101 }, newVideoId) }, ["videoIds"]],
    ["what is no video", { videoIds: [newVideoId(), "video_1"] }, ["videoIds.1"]],
    ["no time", { expiresInSeconds: 0 }, ["expiresInSeconds"]],
    ["more than a day", { expiresInSeconds: 86_401 }, ["expiresInSeconds"]],
    ["half a second", { expiresInSeconds: 0.5 }, ["expiresInSeconds"]],
    [
      "everything at once",
      { subject: null, scopes: ["webhooks"], expiresInSeconds: -1 },
      ["scopes.0", "expiresInSeconds", "subject"],
    ],
  ])("%s is refused as input", async (_, input, paths) => {
    const access = await open();
    const { caller } = await keyCaller(access);
    const asked: NewAccessToken = { ...newToken(), ...input };
    const issues = paths.map((path) => ({
      path: path.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    }));
    await expect(access.createToken(caller, asked)).rejects.toMatchObject({ code: "BAD_INPUT", issues });
  });

  test("a token ends with the key that made it, and by its own time", async () => {
    const access = await open();
    const start = Date.now();
    const expiresAt = new Date(start + 120_000);
    const { key, caller } = await keyCaller(access, { expiresAt });
    const long = await access.createToken(caller, newToken({ expiresInSeconds: 86_400 }));
    expect(long.expiresAt).toEqual(new Date(Math.floor(expiresAt.getTime() / 1_000) * 1_000));
    const short = await access.createToken(caller, newToken({ expiresInSeconds: 60 }));
    vi.useFakeTimers({ toFake: ["Date"], now: short.expiresAt.getTime() - 1 });
    expect(await refusal(access, short.token)).toBe("let in");
    vi.setSystemTime(short.expiresAt);
    expect(await refusal(access, short.token)).toBe("UNAUTHENTICATED: This token has expired.");
    expect(await refusal(access, long.token)).toBe("let in");
    await access.revokeKey("acme", key.id);
    expect(await refusal(access, long.token)).toBe("UNAUTHENTICATED: The API key that made this token was revoked.");
    await expect(access.createToken(caller, newToken())).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("a token for watching one video is for that one, on behalf of whoever made it", async () => {
    const access = await open();
    const { key, caller } = await keyCaller(access, { scopes: ["videos:create"] });
    const ada = await access.authenticate(
      (await access.createToken(caller, newToken({ scopes: ["videos:create"], expiresInSeconds: 60 }))).token,
    );
    const videoId = newVideoId();
    const subjects: [Caller, string | null][] = [
      [caller, null],
      [ada, "ada"],
    ];
    for (const [maker, subject] of subjects) {
      const before = seconds(3_600);
      const { token, expiresAt } = await access.createWatchToken(maker, videoId);
      expect(expiresAt.getTime() / 1_000 - before).toBeOneOf([0, 1]);
      expect(facts(await access.authenticate(token))).toEqual({
        viewer: { project: "acme", subject, keyId: key.id, videoIds: [videoId] },
        scopes: ["videos:read"],
        by: "token",
        expiresAt,
      });
    }
    await access.revokeKey(null, key.id);
    await expect(access.createWatchToken(ada, videoId)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  describe("what is no token of ours", () => {
    /** What is different from a token of ours. */
    interface Forgery {
      header?: Record<string, unknown>;
      claims?: Record<string, unknown>;
      key?: (ours: JWK) => ReturnType<typeof importJWK>;
    }

    async function forged(access: Access, { header, claims, key }: Forgery): Promise<string> {
      const made = await keyCaller(access);
      await access.createToken(made.caller, newToken());
      const { id, jwk } = await signingKey();
      const token = new SignJWT({
        ...{ iss: "reelwire", aud: "reelwire", sub: "ada", iat: seconds(0), exp: seconds(60), jti: "1" },
        ...{ project: "acme", scope: "videos:read", key: made.key.id },
        ...claims,
      });
      token.setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid: id, ...header });
      return await token.sign(await (key ?? ((ours) => importJWK(ours, "EdDSA")))(jwk));
    }

    const another = async (algorithm: string) => (await generateKeyPair(algorithm)).privateKey;

    const ALGORITHM = "This token is signed by an algorithm that is not taken here.";
    const NOT_OURS = "This token is signed by a key that is not ours, or not any more.";
    const TYPE = "This token is none for access: its header says that it is something else.";
    const NOT_WHOLE = "This token does not say what one of ours says.";
    const NO_KEY = "The API key that made this token is not there.";
    const missing = (claim: string) => `This token's claim \`${claim}\` is missing or not what it must be.`;

    test.each<[name: string, why: string, forgery: Forgery]>([
      [
        "signed by another key under our key's name",
        "This token's signature is wrong: it was altered, or signed by somebody else.",
        { key: () => another("EdDSA") },
      ],
      ["signed by a key we do not know", NOT_OURS, { header: { kid: randomUUID() }, key: () => another("EdDSA") }],
      ["signed by a key with an impossible name", NOT_OURS, { header: { kid: "'; DROP TABLE signing_keys; --" } }],
      ["that does not say by which key it is signed", NOT_OURS, { header: { kid: undefined } }],
      [
        "signed with our public key as a shared secret",
        ALGORITHM,
        { header: { alg: "HS256" }, key: async ({ x }) => base64url.decode(String(x)) },
      ],
      ["signed by another algorithm", ALGORITHM, { header: { alg: "ES256" }, key: () => another("ES256") }],
      ["of another type", TYPE, { header: { typ: "JWT" } }],
      ["of no type", TYPE, { header: { typ: undefined } }],
      [
        "for another audience",
        "This token is meant for somebody else: its audience is another.",
        { claims: { aud: "x" } },
      ],
      ["for no audience", missing("aud"), { claims: { aud: undefined } }],
      ["of another issuer", "This token is of an issuer that is not known here.", { claims: { iss: "x" } }],
      ["of no issuer", "This token is of an issuer that is not known here.", { claims: { iss: undefined } }],
      ["that has expired", "This token has expired.", { claims: { exp: seconds(-1) } }],
      ["without an end", missing("exp"), { claims: { exp: undefined } }],
      ["that is not valid yet", "This token is not valid yet.", { claims: { nbf: seconds(3_600) } }],
      ["of nobody, for everything", NOT_WHOLE, { claims: { sub: undefined } }],
      ["without a key, and not said to be without one", NOT_WHOLE, { claims: { key: undefined } }],
      ["without a project", NOT_WHOLE, { claims: { project: undefined } }],
      ["for what are no videos", NOT_WHOLE, { claims: { videos: [1] } }],
      ["of a key of another project", NO_KEY, { claims: { project: "other" } }],
      ["of a key that is not there", NO_KEY, { claims: { key: newApiKeyId() } }],
      [
        "made while nobody was asked",
        "This token was made before there were API keys, and ended with the first.",
        { claims: { key: undefined, by: "open" } },
      ],
      [
        "of an issuer's user, where there is no issuer",
        "This token was made for an issuer's user, and no issuer is known here any more.",
        { claims: { key: undefined, by: "external" } },
      ],
    ])("one %s", async (_, why, forgery) => {
      const access = await open();
      expect(await refusal(access, await forged(access, {}))).toBe("let in");
      expect(await refusal(access, await forged(access, forgery))).toBe(`UNAUTHENTICATED: ${why}`);
    });

    test("one whose signature was altered, whose contents were, or that has none", async () => {
      const access = await open();
      const token = await forged(access, {});
      const [header = "", payload = "", signature = ""] = token.split(".");
      const other = await forged(access, { claims: { sub: "bob" } });
      const wrong = "UNAUTHENTICATED: This token's signature is wrong: it was altered, or signed by somebody else.";
      const altered = `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`;
      expect(await refusal(access, `${header}.${payload}.${altered}`)).toBe(wrong);
      expect(await refusal(access, `${header}.${other.split(".")[1]}.${signature}`)).toBe(wrong);
      const none = new UnsecuredJWT({ project: "acme", scope: "videos:read" })
        .setIssuer("reelwire")
        .setAudience("reelwire")
        .setSubject("ada")
        .setExpirationTime("1m")
        .encode();
      expect(await refusal(access, none)).toBe(
        "UNAUTHENTICATED: This token is signed by an algorithm that is not taken here.",
      );
      expect(await refusal(access, `${header}.${payload}.`)).toMatch(/^UNAUTHENTICATED: /);
    });

    test("what is no token at all", async () => {
      const access = await open();
      const { jwk } = await signingKey();
      for (const nothing of [
        "",
        "x",
        "a.b.c",
        "a.b",
        "..",
        "Bearer rwk_",
        JSON.stringify(jwk),
        "é.é.é",
        "x".repeat(20_000),
      ]) {
        expect(await refusal(access, nothing)).toBe(
          "UNAUTHENTICATED: What was sent is neither an API key nor a token: it is cut off, or damaged.",
        );
      }
    });
  });

  test("the key that signs is made anew after 30 days, and the one before verifies as long as its tokens live", async () => {
    const access = await open();
    const start = Date.now();
    const { caller } = await keyCaller(access);
    await access.createToken(caller, newToken());
    const first = await signingKey();
    vi.useFakeTimers({ toFake: ["Date"], now: start + 30 * DAY_MS - 60_000 });
    const late = await access.createToken(caller, newToken({ expiresInSeconds: 86_400 }));
    expect((await signingKey()).id).toBe(first.id);
    vi.setSystemTime(start + 30 * DAY_MS + 60_000);
    const early = await access.createToken(caller, newToken({ expiresInSeconds: 86_400 }));
    expect((await signingKey()).id).not.toBe(first.id);
    vi.setSystemTime(late.expiresAt.getTime() - 1);
    // As this node has them, and as one that has just started reads them.
    for (const node of [access, await open()]) {
      expect(await refusal(node, late.token)).toBe("let in");
      expect(await refusal(node, early.token)).toBe("let in");
    }
    vi.setSystemTime(start + 61 * DAY_MS);
    await access.createToken(caller, newToken());
    const kept = await shared.db.kysely.selectFrom("signing_keys").select("id").execute();
    expect(kept.map(({ id }) => id)).not.toContain(first.id);
    await shared.db.kysely.deleteFrom("signing_keys").execute();
  });

  test("however many are made at once, and on however many nodes, one key signs them", async () => {
    await shared.db.kysely.deleteFrom("signing_keys").execute();
    const [here, there] = [await open(), await open()];
    const { caller } = await keyCaller(here);
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? here : there).createToken(caller, newToken())),
    );
    const rows = await shared.db.kysely.selectFrom("signing_keys").select("id").execute();
    expect(rows).toHaveLength(1);
    for (const { token } of made) expect(await refusal(there, token)).toBe("let in");
  });

  test("a key that another node has just made is found; ids that are invented cost a query a second", async () => {
    await shared.db.kysely.deleteFrom("signing_keys").execute();
    const { db, counted } = countedQueries(shared.db);
    const keys = createSigningKeys(db, silentLogger, new AbortController().signal);
    const invented = () => keys.find(randomUUID());
    expect(await invented()).toBeNull();
    expect(await Promise.all(Array.from({ length: 100 }, invented))).toEqual(Array(100).fill(null));
    expect(counted.queries).toBe(2);
    const made = await createSigningKeys(shared.db, silentLogger, new AbortController().signal).current();
    const found = await Promise.all([keys.find(made.id), ...Array.from({ length: 100 }, invented)]);
    expect(found[0]?.id).toBe(made.id);
    expect(counted.queries).toBe(3);
    expect(await keys.find("none")).toBeNull();
    expect(counted.queries).toBe(3);
  });

  test("keys that somebody deletes, since a thief has them, end all tokens within a minute", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const access = await open();
    const { caller } = await keyCaller(access);
    const { token } = await access.createToken(caller, newToken());
    expect(await refusal(access, token)).toBe("let in");
    await shared.db.kysely.deleteFrom("signing_keys").execute();
    vi.advanceTimersByTime(60_001);
    expect(await refusal(access, token)).toBe(
      "UNAUTHENTICATED: This token is signed by a key that is not ours, or not any more.",
    );
  });

  test("a key that cannot be read is passed over", async () => {
    const { privateKey } = await generateKeyPair("ES256", { extractable: true });
    await shared.db.kysely
      .insertInto("signing_keys")
      .values({
        id: randomUUID(),
        private_key: JSON.stringify({ ...(await exportJWK(privateKey)), kty: "none" }),
        created_at: new Date(Date.now() - DAY_MS),
      })
      .execute();
    await shared.db.kysely
      .deleteFrom("signing_keys")
      .where("created_at", ">", new Date(Date.now() - 3_600_000))
      .execute();
    const access = await open();
    const { caller } = await keyCaller(access);
    await expect(access.createToken(caller, newToken())).rejects.toThrow("is not there");
    await shared.db.kysely.deleteFrom("signing_keys").execute();
    expect(await refusal(access, (await access.createToken(caller, newToken())).token)).toBe("let in");
  });
});
