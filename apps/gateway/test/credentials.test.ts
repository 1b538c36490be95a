import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "@reelwire/emulator";
import { type AdministeredAccess, openAccess } from "@reelwire/engine";
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from "jose";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { parseConfiguration } from "../src/configuration.ts";
import { createLog } from "../src/log.ts";
import { type Gateway, startGateway } from "../src/start-gateway.ts";
import { postgresUrl } from "./postgres-url.ts";

const ended = new AsyncDisposableStack();
let emulator: Emulator;
let gateway: Gateway;
let access: AdministeredAccess["access"];
let database: pg.Client;
/** The gateway's own key for signing, as a thief of its database would have it. */
let signing: { kid: string; key: CryptoKey; publicJwk: JWK };
let stranger: { kid: string; key: CryptoKey };
let issuer: { kid: string; key: CryptoKey; publicJwk: JWK };
let good: { secret: string; id: string };

const ISSUER = "https://id.example.com/";
const AUDIENCE = "reelwire";

beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-credentials-"));
  ended.defer(() => rm(dataDir, { recursive: true, force: true }));
  emulator = ended.use(await startEmulator({ clip: "cached", durationMs: 200 }));
  issuer = { kid: "theirs", ...(await keyPair()) };
  stranger = { kid: "strange", ...(await keyPair()) };
  const jwks = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ keys: [{ ...issuer.publicJwk, kid: issuer.kid, alg: "EdDSA", use: "sig" }] }));
  });
  await new Promise<void>((resolve) => jwks.listen(0, "127.0.0.1", resolve));
  ended.defer(
    () =>
      new Promise<void>((resolve) => {
        jwks.close(() => resolve());
        jwks.closeAllConnections();
      }),
  );

  const databaseUrl = await postgresUrl();
  const opened = await openAccess({ dataDir, databaseUrl });
  ended.defer(opened.close);
  access = opened.access;
  const { key, secret } = await access.createKey(newKey("good"));
  good = { secret, id: key.id };

  const configuration = parseConfiguration({
    PORT: "0",
    REELWIRE_DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    AIMLAPI_API_KEY: emulator.apiKey,
    AIMLAPI_BASE_URL: emulator.url,
    REELWIRE_JWT_ISSUER: ISSUER,
    REELWIRE_JWT_AUDIENCE: AUDIENCE,
    REELWIRE_JWT_JWKS_URL: `http://127.0.0.1:${(jwks.address() as AddressInfo).port}/jwks.json`,
  });
  gateway = await startGateway(configuration, { log: createLog({ level: "silent", secrets: [] }) });
  ended.defer(() => gateway.close());

  // Once a token was made, there is a key that signs.
  await accessToken({ subject: "ada" });
  database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  ended.defer(() => database.end());
  const { rows } = await database.query("SELECT id, private_key FROM signing_keys");
  const jwk: JWK = rows[0].private_key;
  const { d: _private, ...publicJwk } = jwk;
  signing = { kid: rows[0].id, key: await secretKey(jwk), publicJwk };
});
afterAll(() => ended.disposeAsync());

function newKey(name: string, expiresAt: Date | null = null) {
  return { project: "default", name, scopes: ["videos:create", "videos:read"] as const, expiresAt, createdBy: null };
}

async function keyPair() {
  const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  return { key: pair.privateKey, publicJwk: await exportJWK(pair.publicKey) };
}

async function secretKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, "EdDSA");
  if (key instanceof Uint8Array) throw new TypeError("a symmetric key");
  return key;
}

/** A token that the gateway made, by the good key. */
async function accessToken(input: object, credential = good.secret): Promise<string> {
  const { createAccessToken } = await graphql(
    credential,
    "mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { token } }",
    { input },
  );
  return createAccessToken.token;
}

async function graphql(credential: string, query: string, variables: object) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${credential}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: ReturnType<typeof JSON.parse>; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

const now = () => Math.floor(Date.now() / 1000);

interface Forgery {
  signer?: { kid: string; key: CryptoKey | Uint8Array };
  alg?: string;
  typ?: string;
  /** `undefined` leaves a claim out. */
  claims?: Record<string, unknown>;
}

/** What is signed: what is `undefined` is not there. */
function payloadOf(claims: Record<string, unknown>): JWTPayload {
  return JSON.parse(JSON.stringify(claims));
}

/** A token as the gateway makes them, but for what is given. */
function forged({ signer = signing, alg = "EdDSA", typ = "at+jwt", claims = {} }: Forgery): Promise<string> {
  const usual = {
    iss: "reelwire",
    aud: "reelwire",
    sub: "ada",
    project: "default",
    scope: "videos:create videos:read",
  };
  const times = { iat: now(), exp: now() + 600, jti: randomBytes(8).toString("hex") };
  return new SignJWT(payloadOf({ ...usual, key: good.id, ...times, ...claims }))
    .setProtectedHeader({ alg, typ, kid: signer.kid })
    .sign(signer.key);
}

/** A token of the configured issuer, but for what is given. */
function external({ signer = issuer, alg = "EdDSA", claims = {} }: Forgery): Promise<string> {
  return new SignJWT(payloadOf({ iss: ISSUER, aud: AUDIENCE, sub: "ada", iat: now(), exp: now() + 600, ...claims }))
    .setProtectedHeader({ alg, kid: signer.kid })
    .sign(signer.key);
}

/** The same payload under a header that says there is no signature. */
function unsigned(token: string): string {
  const [, payload = ""] = token.split(".");
  return `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url")}.${payload}.`;
}

/** The same signature under another payload. */
function altered(token: string, claims: JWTPayload): string {
  const [header, payload = "", signature] = token.split(".");
  const before = JSON.parse(Buffer.from(payload, "base64url").toString());
  return [header, Buffer.from(JSON.stringify({ ...before, ...claims })).toString("base64url"), signature].join(".");
}

async function adminKey(): Promise<string> {
  return (await access.createKey({ ...newKey("admin"), scopes: ["admin"] })).secret;
}

async function revokedKey(): Promise<string> {
  const { key, secret } = await access.createKey(newKey("revoked"));
  await access.revokeKey(null, key.id);
  return secret;
}

async function expiredKey(): Promise<string> {
  const { key, secret } = await access.createKey(newKey("expired", new Date(Date.now() + 60_000)));
  await database.query("UPDATE api_keys SET expires_at = now() - interval '1 minute' WHERE id = $1", [key.id]);
  return secret;
}

async function tokenOfRevokedKey(): Promise<string> {
  const { key, secret } = await access.createKey(newKey("soon revoked"));
  const token = await accessToken({ subject: "ada" }, secret);
  // By this very gateway, which knows it by the time that it answers; others hear of it some milliseconds later.
  await graphql(await adminKey(), "mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { id } } }", { id: key.id });
  return token;
}

/** Every credential, by what it is, with whether it must be taken. */
const credentials: readonly [string, boolean, () => Promise<string | null>][] = [
  ["an API key", true, async () => good.secret],
  ["an API key with the scope admin", true, adminKey],
  ["an access token", true, () => accessToken({ subject: "ada" })],
  ["a token of the issuer", true, () => external({})],
  ["a token made with the gateway's own signing key", true, () => forged({})],
  ["none", false, async () => null],
  ["an empty one", false, async () => ""],
  ["text that is neither key nor token", false, async () => "open-sesame"],
  ["a key with another secret", false, async () => good.secret.slice(0, -43) + randomBytes(32).toString("base64url")],
  ["a key that was never made", false, async () => `rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_${"A".repeat(43)}`],
  ["the upstream's key", false, async () => emulator.apiKey],
  ["a revoked key", false, revokedKey],
  ["a key past its end", false, expiredKey],
  ["a token of a revoked key", false, tokenOfRevokedKey],
  ["a token past its end", false, () => forged({ claims: { exp: now() - 60 } })],
  ["a token without an end", false, () => forged({ claims: { exp: undefined } })],
  ["a token not yet valid", false, () => forged({ claims: { nbf: now() + 600 } })],
  ["a token for another audience", false, () => forged({ claims: { aud: "somebody-else" } })],
  ["a token of another issuer", false, () => forged({ claims: { iss: "https://evil.example.com/" } })],
  ["a token of a key that was never made", false, () => forged({ claims: { key: "key_01kb3xrg9pf4bs2gq3yj3zc2tm" } })],
  ["a token of another type", false, () => forged({ typ: "JWT" })],
  ["a token signed by a stranger", false, () => forged({ signer: stranger })],
  ["the same, named as ours", false, () => forged({ signer: { ...stranger, kid: signing.kid } })],
  [
    "a token signed with the public key as a secret (HS256)",
    false,
    () => forged({ signer: publicAsSecret(), alg: "HS256" }),
  ],
  ["a token without a signature (alg none)", false, async () => unsigned(await forged({}))],
  ["a token with another subject under its signature", false, async () => altered(await forged({}), { sub: "eve" })],
  ["a token with another project under its signature", false, async () => altered(await forged({}), { project: "q" })],
  ["the issuer's, past its end", false, () => external({ claims: { exp: now() - 60 } })],
  ["the issuer's, without an end", false, () => external({ claims: { exp: undefined } })],
  ["the issuer's, not yet valid", false, () => external({ claims: { nbf: now() + 600 } })],
  ["the issuer's, for another audience", false, () => external({ claims: { aud: "somebody-else" } })],
  ["the issuer's, without a subject", false, () => external({ claims: { sub: undefined } })],
  ["the issuer's, signed by a stranger", false, () => external({ signer: stranger })],
  ["the issuer's, signed with a secret (HS256)", false, () => external({ signer: publicAsSecret(), alg: "HS256" })],
  ["the issuer's, without a signature (alg none)", false, async () => unsigned(await external({}))],
];

function publicAsSecret() {
  return { kid: signing.kid, key: new TextEncoder().encode(JSON.stringify(signing.publicJwk).padEnd(64)) };
}

const QUERY = "{ videos(first: 1) { nodes { id } } }";

/** Every way in, with what came of it: `in`, or how it was refused. */
const ways: readonly [string, (credential: string | null) => Promise<string>][] = [
  ["POST", (credential) => overHttp(credential, { method: "POST", body: JSON.stringify({ query: QUERY }) })],
  ["GET", (credential) => overHttp(credential, { method: "GET" }, `?query=${encodeURIComponent(QUERY)}`)],
  ["event stream", overEventStream],
  ["upload", byUpload],
  ["websocket", overSocket],
  ["renewal", byRenewal],
  ["details of /readyz", readiness],
];

function headersFor(credential: string | null): Record<string, string> {
  return {
    "content-type": "application/json",
    ...(credential === null ? {} : { authorization: `Bearer ${credential}` }),
  };
}

async function overHttp(credential: string | null, request: RequestInit, search = ""): Promise<string> {
  const response = await fetch(`${gateway.url}/graphql${search}`, { ...request, headers: headersFor(credential) });
  const answer = (await response.json()) as {
    data?: { videos?: object };
    errors?: { message: string; extensions: { code: string } }[];
  };
  if (answer.data?.videos !== undefined) return "in";
  expect(answer.errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
  messages.set(credential, answer.errors?.[0]?.message ?? "");
  return String(response.status);
}

async function overEventStream(credential: string | null): Promise<string> {
  const query = "subscription { videoActivity { id } }";
  const headers = { ...headersFor(credential), accept: "text/event-stream" };
  const request = { method: "POST", body: JSON.stringify({ query }), headers };
  const response = await fetch(`${gateway.url}/graphql/stream`, request);
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  await response.body?.cancel();
  return response.status === 200 && isStream === true ? "in" : String(response.status);
}

async function byUpload(credential: string | null): Promise<string> {
  const request = { method: "POST", body: "no image", headers: headersFor(credential) };
  const response = await fetch(`${gateway.url}/uploads`, request);
  const { errors } = (await response.json()) as { errors: [{ extensions: { code: string } }] };
  return errors[0].extensions.code === "IMAGE_INVALID" ? "in" : String(response.status);
}

/** What each refused credential was told. */
const messages = new Map<string | null, string>();

interface Opened {
  socket: WebSocket;
  /** The next message, or `null` once it is closed. */
  next(): Promise<{ type: string; payload?: ReturnType<typeof JSON.parse> } | null>;
  closed: Promise<number>;
}

async function openSocket(token: string | null): Promise<Opened> {
  const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
  const received: string[] = [];
  let wake = () => {};
  let isClosed = false;
  socket.on("message", (data) => {
    received.push(String(data));
    wake();
  });
  const closed = new Promise<number>((resolve) =>
    socket.once("close", (code) => {
      isClosed = true;
      wake();
      resolve(code);
    }),
  );
  await new Promise<void>((resolve, reject) => socket.once("open", resolve).once("error", reject));
  socket.send(JSON.stringify({ type: "connection_init", payload: token === null ? {} : { token } }));
  const next: Opened["next"] = async () => {
    while (received.length === 0 && !isClosed) await new Promise<void>((resolve) => (wake = resolve));
    const message = received.shift();
    return message === undefined ? null : JSON.parse(message);
  };
  return { socket, next, closed };
}

async function overSocket(credential: string | null): Promise<string> {
  const { socket, next, closed } = await openSocket(credential);
  const first = await next();
  if (first?.type !== "connection_ack") return `closed ${await closed}`;
  socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query: QUERY } }));
  const answer = await next();
  socket.close();
  expect(answer).toMatchObject({ type: "next", payload: { data: { videos: {} } } });
  return "in";
}

/** Hands the credential over on a socket that came in as `ada`. */
async function byRenewal(credential: string | null): Promise<string> {
  if (credential === null) return "–";
  const { socket, next } = await openSocket(await external({}));
  expect((await next())?.type).toBe("connection_ack");
  const query = "mutation ($token: String!) { renewAccess(token: $token) { expiresAt } }";
  socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query, variables: { token: credential } } }));
  const answer = await next();
  socket.close();
  if (answer?.payload?.data?.renewAccess !== undefined && answer.payload.errors === undefined) return "in";
  const [error] = answer?.type === "error" ? answer.payload : (answer?.payload?.errors ?? []);
  return `\`${error.extensions.code}\``;
}

async function readiness(credential: string | null): Promise<string> {
  const response = await fetch(`${gateway.url}/readyz`, { headers: headersFor(credential) });
  const answer = (await response.json()) as object;
  return "nodes" in answer ? "in" : "not told";
}

test("docs/credentials.md says what each credential got on each way in", async () => {
  const rows: string[] = [];
  for (const [name, isTaken, make] of credentials) {
    const credential = await make();
    const got: string[] = [];
    for (const [, enter] of ways) got.push(await enter(credential));
    const [post] = got;
    if (isTaken) {
      expect(got.slice(0, 5), name).toEqual(["in", "in", "in", "in", "in"]);
      expect(got.at(-1), name).toBe(make === adminKey ? "in" : "not told");
    } else expect(got, name).not.toContain("in");
    rows.push(`| ${name} | ${got.join(" | ")} | ${post === "in" ? "–" : messages.get(credential)} |`);
  }
  expect(rows).toHaveLength(credentials.length);
  await expect(page(rows)).toMatchFileSnapshot("../../../docs/credentials.md");
});

function page(rows: readonly string[]): string {
  return [
    "# What each credential gets",
    "",
    "Every kind of credential, good and bad, tried on every way into a gateway that asks for one. This page is written and checked by",
    "`apps/gateway/test/credentials.test.ts`; `npx -y pnpm@12 exec vitest run credentials -u` writes it anew. *Renewal* hands the credential over",
    "on an open websocket of a user `ada` of the issuer, and is refused also to those who are somebody else (`FORBIDDEN`). `/readyz` tells",
    "everybody whether the gateway is ready, and details only to administrators. Files, and images once they are",
    "uploaded, need no credential: their address has a signature.",
    "",
    `| credential | ${ways.map(([name]) => name).join(" | ")} | the answer says |`,
    `| --- | ${ways.map(() => "---").join(" | ")} | --- |`,
    ...rows,
    "",
  ].join("\n");
}
