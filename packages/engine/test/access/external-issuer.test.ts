import { newVideoId } from "@reelwire/core";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Access, ExternalIssuer } from "../../src/access/access.ts";
import { type SharedDatabase, sharedDatabase } from "../stored-video.ts";
import { accessNode, facts, keyCaller, newToken } from "./access-node.ts";
import { type TestIssuer, testIssuer } from "./jwks-server.ts";

let shared: SharedDatabase;
beforeAll(async () => {
  shared = await sharedDatabase("pglite");
});
afterAll(async () => {
  await shared.close();
});
afterEach(() => {
  vi.useRealTimers();
});

const configured = ({ issuer, jwksUrl }: TestIssuer, options: Partial<ExternalIssuer> = {}): ExternalIssuer => ({
  ...{ issuer, jwksUrl, audience: "reelwire-app", project: "acme", subjectClaim: "sub", scopesClaim: null },
  scopes: ["videos:create", "videos:read"],
  ...options,
});

const withIssuer = (issuer: ExternalIssuer) => accessNode(shared.db, { options: { issuer, mustBeRequired: true } });

const refusal = async (access: Access, credential: string | null) =>
  await access.authenticate(credential).then(
    () => "let in",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

describe("tokens of the customer's own issuer", () => {
  test("one lets in for its user, for what is configured, until its end; and nobody comes without", async () => {
    const issuer = await testIssuer();
    const access = await withIssuer(configured(issuer));
    expect(access.isRequired()).toBe(true);
    expect(await refusal(access, null)).toMatch(/^UNAUTHENTICATED: Nothing was sent/);
    const exp = Math.floor(Date.now() / 1_000) + 300;
    const caller = await access.authenticate(await issuer.token({ aud: ["somebody", "reelwire-app"], exp }));
    expect(facts(caller)).toEqual({
      viewer: { project: "acme", subject: "ada", keyId: null },
      scopes: ["videos:create", "videos:read"],
      by: "external",
      expiresAt: new Date(exp * 1_000),
    });
    await expect(access.createToken(caller, newToken())).rejects.toMatchObject({ code: "FORBIDDEN" });
    // Keys are taken besides.
    expect((await keyCaller(access)).caller.by).toBe("key");
  });

  test.each([["RS256"], ["PS256"], ["ES256"], ["ES384"], ["EdDSA"], ["Ed25519"]])(
    "one signed by %s is taken",
    async (algorithm) => {
      const issuer = await testIssuer(algorithm);
      const access = await withIssuer(configured(issuer));
      expect(await refusal(access, await issuer.token())).toBe("let in");
    },
  );

  test.each<[options: Partial<ExternalIssuer>, claims: Record<string, unknown>, subject: string, scopes: string[]]>([
    [{ subjectClaim: "user.id" }, { user: { id: "u1" } }, "u1", ["videos:create", "videos:read"]],
    [
      { subjectClaim: "https://a.example/id" },
      { "https://a.example/id": "u2" },
      "u2",
      ["videos:create", "videos:read"],
    ],
    [{ scopesClaim: "scope" }, { scope: "openid videos:read webhooks" }, "ada", ["videos:read"]],
    [{ scopesClaim: "app.roles" }, { app: { roles: ["videos:create", "admin", 1] } }, "ada", ["videos:create"]],
    [{ scopesClaim: "scope", scopes: ["videos:read"] }, { scope: "videos:create videos:read" }, "ada", ["videos:read"]],
    [{ scopesClaim: "scope" }, {}, "ada", []],
    [{ scopesClaim: "scope" }, { scope: { "videos:read": true } }, "ada", []],
    [{ scopes: [] }, { scope: "videos:read" }, "ada", []],
  ])("its claims are read as configured: %o of %o", async (options, claims, subject, scopes) => {
    const issuer = await testIssuer("EdDSA");
    const access = await withIssuer(configured(issuer, options));
    const caller = facts(await access.authenticate(await issuer.token(claims)));
    expect(caller.viewer.subject).toBe(subject);
    expect(caller.scopes).toEqual(scopes);
  });

  const now = () => Math.floor(Date.now() / 1_000);
  const SUBJECT = "This token's claim `sub` must be a text of 1 to 255 characters: it says who its user is.";

  test.each<[name: string, why: string, claims: () => Record<string, unknown>]>([
    ["for another audience", "This token is meant for somebody else: its audience is another.", () => ({ aud: "x" })],
    ["of another issuer", "This token is of an issuer that is not known here.", () => ({ iss: "https://x.example/" })],
    ["that has expired a second ago", "This token has expired.", () => ({ exp: now() - 1 })],
    ["without an end", "This token's claim `exp` is missing or not what it must be.", () => ({ exp: undefined })],
    ["that is not valid yet", "This token is not valid yet.", () => ({ nbf: now() + 3_600 })],
    ["without a user", SUBJECT, () => ({ sub: undefined })],
    ["of an empty user", SUBJECT, () => ({ sub: "" })],
    ["of a number", SUBJECT, () => ({ sub: 7 })],
    ["of a user that cannot be stored", SUBJECT, () => ({ sub: "a\0" })],
  ])("one %s is refused", async (_, why, claims) => {
    const issuer = await testIssuer("EdDSA");
    const access = await withIssuer(configured(issuer));
    expect(await refusal(access, await issuer.token(claims()))).toBe(`UNAUTHENTICATED: ${why}`);
  });

  test("one is refused that somebody else signed, by whatever name or algorithm", async () => {
    const issuer = await testIssuer("RS256");
    const access = await withIssuer(configured(issuer));
    const good = await issuer.token();
    expect(await refusal(access, good)).toBe("let in");
    const claims = { iss: issuer.issuer, aud: "reelwire-app", sub: "ada", exp: now() + 60 };
    const stranger = await generateKeyPair("RS256");
    const sign = (header: { alg: string; kid?: string }, key: Parameters<SignJWT["sign"]>[0]) =>
      new SignJWT(claims).setProtectedHeader(header).sign(key);
    expect(await refusal(access, await sign({ alg: "RS256", kid: "0" }, stranger.privateKey))).toBe(
      "UNAUTHENTICATED: This token's signature is wrong: it was altered, or signed by somebody else.",
    );
    expect(await refusal(access, await sign({ alg: "RS256", kid: "9" }, stranger.privateKey))).toBe(
      "UNAUTHENTICATED: This token is signed by a key that its issuer does not have.",
    );
    const secret = new TextEncoder().encode("a secret that is not a secret to those who verify");
    for (const token of [
      await sign({ alg: "HS256", kid: "0" }, secret),
      `${Buffer.from('{"alg":"none"}').toString("base64url")}.${good.split(".")[1]}.`,
    ]) {
      expect(await refusal(access, token)).toBe(
        "UNAUTHENTICATED: This token is signed by an algorithm that is not taken here.",
      );
    }
  });

  test("a clock that runs ahead by some seconds is forgiven", async () => {
    const issuer = await testIssuer("EdDSA");
    const access = await withIssuer(configured(issuer));
    vi.useFakeTimers({ toFake: ["Date"] });
    const token = await issuer.token({ nbf: now() + 5 });
    expect(await refusal(access, token)).toBe("let in");
  });

  test("its keys are read once for many, and again for a new key, though not for every one that is made up", async () => {
    const issuer = await testIssuer("EdDSA");
    const access = await withIssuer(configured(issuer));
    vi.useFakeTimers({ toFake: ["Date"] });
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issuer.token()));
    expect(new Set(await Promise.all(tokens.map((token) => refusal(access, token))))).toEqual(new Set(["let in"]));
    expect(issuer.readings()).toBe(1);
    const madeUp = await issuer.token({}, { kid: "made up" });
    for (let times = 0; times < 5; times += 1) expect(await refusal(access, madeUp)).toMatch(/^UNAUTHENTICATED: /);
    expect(issuer.readings()).toBe(1);
    await issuer.rotate();
    vi.setSystemTime(Date.now() + 11_000);
    expect(await refusal(access, await issuer.token())).toBe("let in");
    expect(await refusal(access, madeUp)).toMatch(/^UNAUTHENTICATED: /);
    expect(issuer.readings()).toBe(2);
  });

  test.each([
    ["says that it is unwell", { status: 503, body: "" }],
    ["sends them elsewhere", { status: 302, body: "" }],
    ["says what is no list of keys", { status: 200, body: '{"keys":1}' }],
    ["says what is no JSON", { status: 200, body: "<html>" }],
  ])("where its keys cannot be read, since it %s, nobody can be known for now", async (_, answer) => {
    const issuer = await testIssuer("EdDSA");
    const access = await withIssuer(configured(issuer));
    issuer.answer = answer;
    const token = await issuer.token();
    for (let times = 0; times < 3; times += 1) {
      expect(await refusal(access, token)).toBe(
        "UNAVAILABLE: The keys of this token's issuer cannot be read right now. Try again in a moment.",
      );
    }
    // It is not asked by everybody anew.
    expect(issuer.readings()).toBe(1);
  });

  test("and when they can be read again, everybody can", async () => {
    const issuer = await testIssuer("EdDSA");
    const access = await withIssuer(configured(issuer));
    issuer.answer = { status: 503, body: "" };
    vi.useFakeTimers({ toFake: ["performance"] });
    const token = await issuer.token();
    expect(await refusal(access, token)).toMatch(/^UNAVAILABLE: /);
    issuer.answer = null;
    vi.advanceTimersByTime(1_999);
    expect(await refusal(access, token)).toMatch(/^UNAVAILABLE: /);
    vi.advanceTimersByTime(1);
    expect(await refusal(access, token)).toBe("let in");
  });

  test("nobody there is the same", async () => {
    const issuer = await testIssuer("EdDSA");
    const access = await withIssuer(configured(issuer, { jwksUrl: "http://127.0.0.1:1/jwks.json" }));
    expect(await refusal(access, await issuer.token())).toMatch(/^UNAVAILABLE: /);
  });

  test("who may only make videos is given a token for watching one, which is good as long as there is an issuer", async () => {
    const issuer = await testIssuer("EdDSA");
    const access = await withIssuer(configured(issuer, { scopes: ["videos:create"] }));
    const ada = await access.authenticate(await issuer.token());
    const videoId = newVideoId();
    const { token } = await access.createWatchToken(ada, videoId);
    const watcher = await access.authenticate(token);
    expect(facts(watcher)).toMatchObject({
      viewer: { project: "acme", subject: "ada", keyId: null, videoIds: [videoId] },
      scopes: ["videos:read"],
      by: "token",
    });
    expect(access.watch(watcher).ended.aborted).toBe(false);
    await keyCaller(access);
    expect(access.watch(watcher).ended.aborted).toBe(false);
    const without = await accessNode(shared.db);
    expect(await refusal(without, token)).toMatch(/^UNAUTHENTICATED: This token was made for an issuer's user/);
    expect(await refusal(without, await issuer.token())).toBe(
      "UNAUTHENTICATED: This token is of an issuer that is not known here.",
    );
  });
});
