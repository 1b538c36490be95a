import { createReelwireClient, type ReelwireClientOptions, type Video } from "@reelwire/core/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { startTestGateway, type TestGateway } from "./test-gateway.ts";

const DURATION_MS = 10_000;
const CREATE_KEY = /* GraphQL */ `
  mutation ($name: String!, $scopes: [Scope!]!) {
    createApiKey(input: { name: $name, scopes: $scopes }) { secret apiKey { id } }
  }
`;
const REVOKE_KEY = "mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { revokedAt } } }";
const CREATE_TOKEN = "mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { token } }";

let on: TestGateway;
let administrator: string;
beforeAll(async () => {
  on = await startTestGateway({ emulator: { durationMs: DURATION_MS } });
  administrator = (await createKey(["ADMIN"])).secret;
});
afterAll(() => on[Symbol.asyncDispose]());

/** The first may be made by anybody, and has them all asked from then on. */
async function createKey(scopes: string[]): Promise<{ secret: string; id: string }> {
  const { data } = await on.graphql(CREATE_KEY, { name: "a server", scopes }, administrator);
  return { secret: data.createApiKey.secret, id: data.createApiKey.apiKey.id };
}

/** What the customer's server does for its users. */
async function tokenFor(subject: string, expiresInSeconds: number): Promise<string> {
  const { data } = await on.graphql(CREATE_TOKEN, { input: { subject, expiresInSeconds } }, administrator);
  return data.createAccessToken.token;
}

/** A client that is closed at the end of the block, the close codes of its websockets, those of open ones being `null`, and when a second is open. */
function open(token: ReelwireClientOptions["token"]) {
  const sockets: (number | null)[] = [];
  const { promise: reopened, resolve } = Promise.withResolvers<void>();
  class CountedSocket extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      const index = sockets.push(null) - 1;
      this.on("close", (code) => {
        sockets[index] = code;
      });
      if (index === 1) this.on("open", () => resolve());
    }
  }
  const url = `${on.url}/graphql`;
  const client = createReelwireClient({ url, token, webSocketImpl: CountedSocket, retryDelayMs: 50 });
  return { client, sockets, reopened, [Symbol.dispose]: client.close };
}

/** Reads until a version has this status, and keeps the versions that were read. */
async function readTo(
  status: Video["status"],
  videos: AsyncIterator<Video>,
  versions: number[] = [],
): Promise<number[]> {
  for (;;) {
    const { value, done } = await videos.next();
    if (done) throw new Error(`ended before ${status}`);
    // The same one again tells of progress.
    if (value.version !== versions.at(-1)) versions.push(value.version);
    if (value.status === status) return versions;
  }
}

/** Every version there is, in order, none twice. */
const consecutive = (versions: readonly number[]) => versions.map((_, index) => index + 1);

describe("a watch outlives the tokens that it was begun with, and misses and repeats no version (invariant 7)", () => {
  test("renewed in time: on one websocket", async () => {
    // By then three have ended: each is asked for when there is a part of the one before left.
    const { promise: fifth, resolve } = Promise.withResolvers<void>();
    let asked = 0;
    using user = open(async () => {
      if (++asked === 5) resolve();
      // Long enough for a renewal to come in time on a machine that is busy.
      return tokenFor("ada", 5);
    });
    const { video } = await user.client.createVideo({ prompt: "a paper boat" });
    const watching = user.client.watchVideo(video.id, { afterVersion: 0 });
    const versions = await readTo("QUEUED", watching);
    // Read on meanwhile, as a page does.
    const generating = readTo("GENERATING", watching, versions);
    await fifth;
    on.emulator.clock.advance(DURATION_MS / 2);
    await generating;
    const completed = readTo("COMPLETED", watching, versions);
    on.emulator.clock.advance(DURATION_MS / 2);
    expect(await completed).toEqual(consecutive(versions));
    expect((await watching.next()).done).toBe(true);
    expect(user.sockets).toHaveLength(1);
  });

  test("not renewed in time: on another websocket", async () => {
    let asked = 0;
    using user = open(async () => {
      asked++;
      if (asked > 1 && user.sockets.at(-1) === null) throw new Error("The customer's server is away.");
      return tokenFor("ada", asked === 1 ? 2 : 60);
    });
    const { video } = await user.client.createVideo({ prompt: "a paper boat" });
    const watching = user.client.watchVideo(video.id, { afterVersion: 0 });
    const versions = await readTo("QUEUED", watching);
    const completed = readTo("COMPLETED", watching, versions);
    await user.reopened;
    on.emulator.clock.advance(DURATION_MS);
    expect(await completed).toEqual(consecutive(versions));
    expect(user.sockets[0]).toBe(4440);
    expect(asked).toBeGreaterThan(2);
  });
});

describe("a revoked key", () => {
  test.each([
    ["given", (secret: string) => secret, 1],
    ["given again when asked for another", (secret: string) => () => secret, 2],
  ])("%s ends what is watched, and what is called", async (_, tokenOf, tries) => {
    const { secret, id } = await createKey(["VIDEOS_CREATE", "VIDEOS_READ"]);
    using server = open(tokenOf(secret));
    const { video } = await server.client.createVideo({ prompt: "a paper boat" });
    const watching = server.client.watchVideo(video.id);
    await readTo("QUEUED", watching);
    const ended = readTo("COMPLETED", watching).catch((error: unknown) => error);
    const { errors } = await on.graphql(REVOKE_KEY, { id }, administrator);
    expect(errors).toBeUndefined();
    expect(await ended).toMatchObject({ name: "ReelwireError", code: "UNAUTHENTICATED", retryable: false });
    expect(server.sockets).toEqual([4441, 4401].slice(0, tries));
    await expect(server.client.video(video.id)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });
});

test("who may only create is given a token by which a client watches just that video", async () => {
  const { secret } = await createKey(["VIDEOS_CREATE"]);
  using maker = open(secret);
  const { video, accessToken } = await maker.client.createVideo({ prompt: "a paper boat" });
  await expect(maker.client.video(video.id)).rejects.toMatchObject({ code: "FORBIDDEN" });
  using other = open(accessToken?.token);
  const watching = other.client.watchVideo(video.id, { afterVersion: 0 });
  const versions = await readTo("QUEUED", watching);
  expect(versions).toEqual(consecutive(versions));
});

test("what a price is: asked for with the types of the client", async () => {
  using user = open(administrator);
  expect(await user.client.quoteVideo({ prompt: "a paper boat", durationSeconds: 4 })).toMatchObject({
    usd: expect.any(Number),
    basis: { units: expect.any(Number) },
  });
});
