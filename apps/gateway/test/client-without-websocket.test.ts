import { createReelwireClient, type ReelwireClientOptions, type Video } from "@reelwire/core/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "./test-gateway.ts";

const CREATE_KEY = 'mutation { createApiKey(input: { name: "a server", scopes: [ADMIN] }) { secret } }';
const CREATE_TOKEN = "mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { token } }";

const DURATION_MS = 10_000;

let on: TestGateway;
let administrator: string;
beforeAll(async () => {
  on = await startTestGateway({ emulator: { durationMs: DURATION_MS } });
  const { data } = await on.graphql(CREATE_KEY);
  administrator = data.createApiKey.secret;
});
afterAll(() => on[Symbol.asyncDispose]());

/** What the customer's server does for its users. */
async function tokenFor(subject: string, expiresInSeconds: number): Promise<string> {
  const { data } = await on.graphql(CREATE_TOKEN, { input: { subject, expiresInSeconds } }, administrator);
  return data.createAccessToken.token;
}

/** A client that no websocket is let through for, closed at the end of the block, its event streams, and when it has a third. */
function open(options: Partial<ReelwireClientOptions>) {
  const streams: number[] = [];
  const { promise: third, resolve } = Promise.withResolvers<void>();
  const client = createReelwireClient({
    url: `${on.url}/graphql`,
    retryDelayMs: 50,
    webSocketImpl: class {
      constructor() {
        throw new Error("Blocked.");
      }
    },
    async fetch(url, init) {
      const response = await fetch(url, init);
      if (String(url).endsWith("/stream")) streams.push(response.status);
      if (streams.length === 3) resolve();
      return response;
    },
    ...options,
  });
  return { client, streams, third, [Symbol.dispose]: client.close };
}

/** The versions of a video, to the final one; told of the first. */
async function versionsOf(videos: AsyncIterable<Video>, begun: () => void): Promise<number[]> {
  const versions = new Set<number>();
  let status: Video["status"] | null = null;
  for await (const video of videos) {
    if (versions.size === 0) begun();
    versions.add(video.version);
    status = video.status;
  }
  expect(status).toBe("COMPLETED");
  return [...versions];
}

test("event streams take over by themselves, and outlive the tokens that they were opened with (invariant 7)", async () => {
  using user = open({ token: () => tokenFor("ada", 4) });
  const { video } = await user.client.createVideo({ prompt: "a paper boat" });
  const watching = user.client.watchVideo(video.id, { afterVersion: 0 });
  const versions = await versionsOf(watching, async () => {
    await user.third;
    on.emulator.clock.advance(DURATION_MS);
  });
  expect(versions).toEqual(versions.map((_, index) => index + 1));
  expect(new Set(user.streams)).toEqual(new Set([200]));
});

test("polling tells the final version, and none backwards", async () => {
  using user = open({ token: () => tokenFor("bob", 600), transports: ["polling"] });
  const { video } = await user.client.createVideo({ prompt: "a paper boat" });
  const watching = user.client.watchVideo(video.id);
  const versions = await versionsOf(watching, () => on.emulator.clock.advance(DURATION_MS));
  expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  expect(user.streams).toEqual([]);
});

test("what is not there, or not theirs, is NOT_FOUND by every way", async () => {
  using user = open({ token: () => tokenFor("ada", 600) });
  const { video } = await user.client.createVideo({ prompt: "a paper boat" });
  for (const transports of [["sse"], ["polling"], ["websocket", "sse", "polling"]] as const) {
    using stranger = open({ token: () => tokenFor("eve", 600), transports });
    await expect(stranger.client.watchVideo(video.id).next()).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
});
