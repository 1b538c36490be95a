import { cleanup } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  createConnection,
  createVideo,
  ReelwireProvider,
  sendOperation,
  type TokenSource,
  useCreateVideo,
} from "../../src/index.ts";
import { type RunningGateway, runGateway } from "../running-gateway.ts";
import { renderLive } from "./render-live.tsx";

interface CreatedKey {
  createApiKey: { secret: string };
}
interface CreatedToken {
  createAccessToken: { token: string };
}
const CREATE_KEY =
  'mutation { createApiKey(input: { name: "server", scopes: [VIDEOS_CREATE, VIDEOS_READ] }) { secret } }';
const CREATE_TOKEN = "mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { token } }";

let on: RunningGateway;
let key: string;
beforeAll(async () => {
  on = await runGateway();
  // The first may be made by anybody, and has everybody asked from then on.
  const made = await sendOperation<CreatedKey, object>(createConnection({ url: on.url }), CREATE_KEY, {});
  key = made.createApiKey.secret;
});
afterAll(() => on[Symbol.asyncDispose]());
afterEach(cleanup);

/** What a page is given by its server. */
async function tokenFor(subject: string, expiresInSeconds: number): Promise<string> {
  const server = createConnection({ url: on.url, token: key });
  const input = { subject, expiresInSeconds };
  return (await sendOperation<CreatedToken, object>(server, CREATE_TOKEN, { input })).createAccessToken.token;
}

const INPUT = { prompt: "A paper boat", durationSeconds: 4 };

test("a token that ends is renewed by the newest function, and what is watched goes on, on one websocket", async () => {
  const askedOf: number[] = [];
  const { promise: third, resolve } = Promise.withResolvers<void>();
  let render = 0;
  const around = (children: ReactNode) => {
    const own = ++render;
    const token: TokenSource = () => {
      askedOf.push(own);
      if (askedOf.length === 3) resolve();
      return tokenFor("ada", 5);
    };
    return (
      <ReelwireProvider url={on.url} token={token}>
        {children}
      </ReelwireProvider>
    );
  };
  const live = renderLive(() => useCreateVideo(), { around });
  const before = on.door.webSockets;
  await live.now.createVideo(INPUT);
  await live.until(({ status }) => status === "QUEUED");
  live.rerender();
  await third;
  on.finishAll();
  expect(await live.until(({ isPending }) => !isPending)).toMatchObject({ status: "COMPLETED", error: null });
  expect(on.door.webSockets).toBe(before + 1);
  expect(askedOf[0]).toBe(1);
  expect(askedOf.at(-1)).toBe(2);
});

test("another token that is a text takes the place of the one before, and what is watched goes on", async () => {
  let token = await tokenFor("ada", 900);
  const around = (children: ReactNode) => (
    <ReelwireProvider url={on.url} token={token}>
      {children}
    </ReelwireProvider>
  );
  const live = renderLive(() => useCreateVideo(), { around });
  const saved = await live.now.createVideo(INPUT);
  await live.until(({ status }) => status === "QUEUED");
  token = await tokenFor("ada", 900);
  live.rerender();
  on.finishAll();
  expect(await live.until(({ isPending }) => !isPending)).toMatchObject({
    status: "COMPLETED",
    video: { id: saved?.id },
  });
});

test("what is remembered is found by a token that comes later", async () => {
  const token = await tokenFor("ada", 900);
  const { video } = await createVideo(createConnection({ url: on.url, token }), INPUT);
  localStorage.setItem("reelwire:tokens", JSON.stringify({ idempotencyKey: "k", id: video.id }));
  let isSignedIn = false;
  const around = (children: ReactNode) => (
    <ReelwireProvider url={on.url} token={isSignedIn ? token : undefined}>
      {children}
    </ReelwireProvider>
  );
  const live = renderLive(() => useCreateVideo({ resumeKey: "tokens" }), { around });
  expect(await live.until(({ error }) => error !== null)).toMatchObject({ error: { code: "UNAUTHENTICATED" } });
  isSignedIn = true;
  live.rerender();
  expect(await live.until(({ status }) => status === "QUEUED")).toMatchObject({ video: { id: video.id }, error: null });
});

test("no token any more is told, and what was watched stays as it was", async () => {
  let signedIn = true;
  const around = (children: ReactNode) => (
    <ReelwireProvider url={on.url} token={() => (signedIn ? tokenFor("ada", 5) : null)}>
      {children}
    </ReelwireProvider>
  );
  const live = renderLive(() => useCreateVideo(), { around });
  const saved = await live.now.createVideo(INPUT);
  await live.until(({ status }) => status === "QUEUED");
  signedIn = false;
  expect(await live.until(({ isPending }) => !isPending)).toMatchObject({
    error: { code: "TOKEN_UNAVAILABLE", retryable: false },
    video: { id: saved?.id },
  });
});

test("a call without a token is UNAUTHENTICATED", async () => {
  const around = (children: ReactNode) => <ReelwireProvider url={on.url}>{children}</ReelwireProvider>;
  const live = renderLive(() => useCreateVideo(), { around });
  expect(await live.now.createVideo(INPUT)).toBeNull();
  expect(await live.until(({ error }) => error !== null)).toMatchObject({ error: { code: "UNAUTHENTICATED" } });
});
