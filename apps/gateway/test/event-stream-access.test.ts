import { expect, onTestFinished, test } from "vitest";
import { openStream, type ReadStream, type StreamInit, type Told } from "./event-stream-reader.ts";
import { CREATE_VIDEO, startTestGateway, type TestGateway, VIDEO_STATUS } from "./test-gateway.ts";

const ACTIVITY = "subscription { videoActivity { id } }";
const CREATE_KEY = /* GraphQL */ `
  mutation ($scopes: [Scope!]!) { createApiKey(input: { name: "a server", scopes: $scopes }) { secret apiKey { id } } }
`;
const REVOKE_KEY = "mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { revokedAt } } }";
const CREATE_TOKEN = "mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { token } }";

async function start(): Promise<TestGateway> {
  const on = await startTestGateway({ emulator: { durationMs: 10_000 } });
  onTestFinished(() => on[Symbol.asyncDispose]());
  return on;
}

/** Opens a stream and waits until it has begun. */
async function open(init: StreamInit): Promise<ReadStream> {
  const stream = await openStream(init);
  onTestFinished(() => stream.leave());
  expect(await stream.next()).toMatchObject({ event: ":" });
  return stream;
}

async function createKey(on: TestGateway, scopes: string[], credential?: string) {
  const { data } = await on.graphql(CREATE_KEY, { scopes }, credential);
  return { secret: data.createApiKey.secret as string, id: data.createApiKey.apiKey.id as string };
}

/** How a stream ends whose caller's rights have ended: with a last word, and no `complete`. */
const unauthenticated = (message: RegExp) => [
  {
    event: "next",
    data: { errors: [{ message: expect.stringMatching(message), extensions: { code: "UNAUTHENTICATED" } }] },
  },
  "ended",
];

const versionOf = (told: Told | string | undefined) =>
  typeof told === "object" ? told.data?.data?.videoStatus.version : null;

test("a stream ends with its token, and is resumed with another, none twice and none skipped (invariant 7)", async () => {
  const on = await start();
  const { secret } = await createKey(on, ["VIDEOS_CREATE", "VIDEOS_READ"]);
  const token = async (expiresInSeconds: number): Promise<string> => {
    const { data } = await on.graphql(CREATE_TOKEN, { input: { subject: "ada", expiresInSeconds } }, secret);
    return data.createAccessToken.token;
  };
  const { data } = await on.graphql(CREATE_VIDEO, { input: { prompt: "a boat" } }, secret);
  const short = await token(4);
  const nobodys = await openStream({
    url: on.url,
    query: VIDEO_STATUS,
    variables: data.createVideo.video,
    credential: short,
  });
  expect(await nobodys.rest()).toMatchObject([
    { data: { errors: [{ extensions: { code: "NOT_FOUND" } }] } },
    {},
    "ended",
  ]);

  const long = await token(600);
  const own = await on.graphql(CREATE_VIDEO, { input: { prompt: "a boat" } }, long);
  const { id } = own.data.createVideo.video;
  const before = await open({ url: on.url, query: VIDEO_STATUS, variables: { id }, credential: await token(4) });
  const told = await before.rest();
  const last = told.splice(-2);
  expect(last).toEqual(unauthenticated(/^The access token has expired/));
  const refused = await openStream({ url: on.url, query: ACTIVITY, credential: short });
  expect(refused.response.status).toBe(401);
  refused.leave();

  const afterVersion = versionOf(told.at(-1));
  const after = await open({ url: on.url, query: VIDEO_STATUS, variables: { id, afterVersion }, credential: long });
  on.emulator.clock.advance(20_000);
  const rest = await after.rest();
  expect(rest.splice(-2)).toEqual([{ event: "complete", data: null }, "ended"]);
  const versions = [...new Set([...told, ...rest].map(versionOf))];
  expect(versions).toEqual(Array.from({ length: versions.length }, (_, index) => versions[0] + index));
  expect(rest.at(-1)).toMatchObject({ data: { data: { videoStatus: { status: "COMPLETED" } } } });
});

test("streams end when the first key is made, and when their key is revoked, and others go on", async () => {
  const on = await start();
  const before = await open({ url: on.url, query: ACTIVITY });
  const admin = await createKey(on, ["ADMIN"]);
  expect(await before.rest()).toEqual(unauthenticated(/^What this was opened with is no longer valid/));

  const key = await createKey(on, ["VIDEOS_READ"], admin.secret);
  const input = { subject: "ada", scopes: ["VIDEOS_READ"] };
  const { data } = await on.graphql(CREATE_TOKEN, { input }, key.secret);
  const streams: ReadStream[] = [];
  for (const credential of [key.secret, data.createAccessToken.token]) {
    streams.push(await open({ url: on.url, query: ACTIVITY, credential }));
  }
  const other = await open({ url: on.url, query: ACTIVITY, credential: admin.secret });
  await on.graphql(REVOKE_KEY, { id: key.id }, admin.secret);
  for (const stream of streams) {
    expect(await stream.rest()).toEqual(unauthenticated(/^What this was opened with is no longer valid/));
  }
  const { data: made } = await on.graphql(CREATE_VIDEO, { input: { prompt: "a boat" } }, admin.secret);
  const { id } = made.createVideo.video;
  expect(await other.next()).toEqual({ event: "next", data: { data: { videoActivity: { id } } } });
  // What it knows of in its answers and log is no secret.
  for (const line of on.logLines) expect(line).not.toContain(key.secret.slice(-43));
});

test("a gateway that stops ends streams without `complete`, though its videos are not finished", async () => {
  const on = await start();
  const { data } = await on.graphql(CREATE_VIDEO, { input: { prompt: "a boat" } });
  const { id } = data.createVideo.video;
  const streams = [
    await open({ url: on.url, query: VIDEO_STATUS, variables: { id } }),
    await open({ url: on.url, query: ACTIVITY }),
  ];
  await on.gateway.close();
  for (const stream of streams) {
    const told = await stream.rest();
    expect(told.at(-1)).toBe("ended");
    expect(told).not.toContainEqual({ event: "complete", data: null });
  }
});
