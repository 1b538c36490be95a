import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { askAs } from "./ask-as.ts";
import { postgresUrl } from "./postgres-url.ts";
import { type Message, openAcknowledged, openSocket, type RawSocket, subscribe } from "./raw-socket.ts";
import {
  CREATE_VIDEO,
  postGraphql,
  startTestGateway,
  type TestGateway,
  type TestGatewayOptions,
  VIDEO_STATUS,
} from "./test-gateway.ts";

const CREATE_KEY = /* GraphQL */ `
  mutation ($name: String!, $scopes: [Scope!]!) {
    createApiKey(input: { name: $name, scopes: $scopes }) { secret apiKey { id } }
  }
`;
const REVOKE_KEY = "mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { revokedAt } } }";
const CREATE_TOKEN =
  "mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { token expiresAt } }";
const RENEW = "mutation ($token: String!) { renewAccess(token: $token) { expiresAt } }";
const ACTIVITY = "subscription { videoActivity { id } }";

async function start(options?: TestGatewayOptions): Promise<TestGateway> {
  const on = await startTestGateway(options);
  onTestFinished(() => on[Symbol.asyncDispose]());
  return on;
}

interface Key {
  secret: string;
  id: string;
}

async function createKey(url: string, scopes: string[], credential?: string): Promise<Key> {
  const { data } = await postGraphql(url, CREATE_KEY, { name: "a server", scopes }, credential);
  const { secret, apiKey } = data.createApiKey;
  return { secret, id: apiKey.id };
}

/** A socket that watches all activity, and its subscription has begun. */
async function watching(url: string, parameters?: object): Promise<RawSocket> {
  const client = await openAcknowledged(url, parameters);
  client.send(subscribe("activity", ACTIVITY));
  // Operations are taken in their order.
  client.send(subscribe("begun", "{ __typename }"));
  await client.next(({ id }) => id === "begun");
  return client;
}

const status = async (url: string, credential?: string) =>
  (await postGraphql(url, "{ videos { nodes { id } } }", {}, credential)).status;

describe("the first API key", () => {
  test("has everybody asked from then on: who is in goes, and who has a key comes, from wherever", async () => {
    const on = await start();
    const before = await watching(on.url);
    expect(await (await fetch(`${on.url}/readyz`)).json()).toMatchObject({ ready: true, videos: {} });
    const elsewhere = { host: "video.example.com", "x-forwarded-for": "203.0.113.1" };
    expect((await askAs(on.gateway.port, "GET", "/", elsewhere)).status).toBe(403);
    expect(on.gateway.asksCallers()).toBe(false);

    const { secret } = await createKey(on.url, ["VIDEOS_CREATE", "VIDEOS_READ", "ADMIN"]);
    expect((await before.closed).code).toBe(4441);
    expect(on.gateway.asksCallers()).toBe(true);
    expect([await status(on.url), await status(on.url, "nobody"), await status(on.url, secret)]).toEqual([
      401, 401, 200,
    ]);
    expect(await (await fetch(`${on.url}/readyz`)).json()).toEqual({ ready: true });
    const authorization = `Bearer ${secret}`;
    expect(await (await fetch(`${on.url}/readyz`, { headers: { authorization } })).json()).toMatchObject({
      nodes: {},
    });
    expect((await askAs(on.gateway.port, "GET", "/", elsewhere)).status).toBe(200);
    const stranger = await openSocket(on.url);
    stranger.send({ type: "connection_init" });
    expect((await stranger.closed).code).toBe(4401);
    const known = await watching(on.url, { token: secret });
    expect(await known.next("connection_ack")).toMatchObject({ payload: { expiresAt: null } });
    for (const line of on.logLines) expect(line).not.toContain(secret.slice(-43));
  });
});

describe("an access token", () => {
  test("ends with 4440 where it is not renewed, and where it is, what is watched goes on to its end", async () => {
    const on = await start({ emulator: { durationMs: 10_000 } });
    const { secret } = await createKey(on.url, ["VIDEOS_CREATE", "VIDEOS_READ"]);
    const token = async (expiresInSeconds: number, subject = "ada", scopes = ["VIDEOS_CREATE", "VIDEOS_READ"]) => {
      const input = { subject, scopes, expiresInSeconds };
      const { data } = await on.graphql(CREATE_TOKEN, { input }, secret);
      return data.createAccessToken as { token: string; expiresAt: string };
    };
    const long = await token(600);
    const { data } = await on.graphql(CREATE_VIDEO, { input: { prompt: "a boat" } }, long.token);
    const { id } = data.createVideo.video;

    // Long enough to be renewed on a busy machine.
    const short = await token(4);
    const forgotten = await openAcknowledged(on.url, { token: short.token });
    const renewed = await openAcknowledged(on.url, { token: short.token });
    expect(await renewed.next("connection_ack")).toMatchObject({ payload: { expiresAt: short.expiresAt } });
    renewed.send(subscribe("video", VIDEO_STATUS, { id }));
    const handOver = async (operation: string, credential: string) => {
      renewed.send(subscribe(operation, RENEW, { token: credential }));
      return (await renewed.next(({ id: of }) => of === operation)).payload;
    };
    // None of these is as good, and none makes a difference.
    for (const worse of [(await token(600, "eve")).token, (await token(600, "ada", ["VIDEOS_READ"])).token, secret]) {
      expect((await handOver(worse, worse)).errors).toMatchObject([{ extensions: { code: "FORBIDDEN" } }]);
    }
    expect(await handOver("renewal", long.token)).toEqual({ data: { renewAccess: { expiresAt: long.expiresAt } } });

    expect(await forgotten.closed).toMatchObject({ code: 4440 });
    expect(await status(on.url, short.token)).toBe(401);
    // That the other is open is seen by its going on.
    await renewed.next(hasStatus("QUEUED"));
    on.emulator.clock.advance(5_000);
    await renewed.next(hasStatus("GENERATING"));
    on.emulator.clock.advance(10_000);
    const completed = await renewed.next(hasStatus("COMPLETED"));
    await renewed.next(({ type, id: of }) => type === "complete" && of === "video");
    // And its file is for whoever has its address.
    expect((await fetch(completed.payload.data.videoStatus.url)).status).toBe(200);
    renewed.send(subscribe("after", "{ videos { nodes { id } } }"));
    expect((await renewed.next(({ id: of }) => of === "after")).payload.data.videos.nodes).toEqual([{ id }]);
    renewed.socket.close();
  });
});

describe("on two nodes", () => {
  test("the first key and the end of a key are heard on both: sockets close with 4441, and requests get 401", async () => {
    const directory = await mkdtemp(join(tmpdir(), "reelwire-files-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const databaseUrl = await postgresUrl();
    const configuration = { databaseUrl, files: { kind: "disk", directory, shared: true } } as const;
    const one = await start({ configuration });
    const upstream = { apiKey: one.emulator.apiKey, baseUrl: one.emulator.url };
    const other = await start({ configuration: { ...configuration, upstream } });
    const urls = [one.url, other.url];

    const before = await Promise.all(urls.map((url) => watching(url)));
    const admin = await createKey(one.url, ["ADMIN"]);
    for (const { closed } of before) expect((await closed).code).toBe(4441);
    for (const url of urls) expect([await status(url), await status(url, admin.secret)]).toEqual([401, 200]);

    const key = await createKey(other.url, ["VIDEOS_READ"], admin.secret);
    const input = { subject: "ada", scopes: ["VIDEOS_READ"] };
    const { data } = await postGraphql(one.url, CREATE_TOKEN, { input }, key.secret);
    const credentials = [key.secret, data.createAccessToken.token];
    const opened = await Promise.all(urls.flatMap((url) => credentials.map((token) => watching(url, { token }))));
    const kept = await Promise.all(urls.map((url) => watching(url, { token: admin.secret })));

    await postGraphql(one.url, REVOKE_KEY, { id: key.id }, admin.secret);
    for (const { closed } of opened) expect((await closed).code).toBe(4441);
    for (const url of urls) {
      for (const credential of credentials) expect(await status(url, credential)).toBe(401);
      expect(await status(url, admin.secret)).toBe(200);
    }
    for (const { socket } of kept) expect(socket.readyState).toBe(socket.OPEN);
  });
});

function hasStatus(wanted: string): (message: Message) => boolean {
  return ({ id, payload }) => id === "video" && payload?.data?.videoStatus.status === wanted;
}
