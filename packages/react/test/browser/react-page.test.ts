import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectComplaints, findAccessibilityProblems, playVideo, startBrowser } from "@reelwire/browser-for-tests";
import { startEmulator } from "@reelwire/emulator";
import { runMain } from "@reelwire/gateway-for-tests";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createConnection, sendOperation } from "../../src/index.ts";
import { type RunningGateway, runGateway } from "../running-gateway.ts";
import { servePage } from "./serve-page.ts";

let browser: Browser;
let served: Awaited<ReturnType<typeof servePage>>;
let on: RunningGateway;
beforeAll(async () => {
  [browser, served] = await Promise.all([startBrowser(), servePage()]);
  on = await runGateway({ variables: { REELWIRE_ALLOWED_ORIGINS: served.origin } });
});
afterAll(async () => {
  await Promise.all([browser?.close(), served?.[Symbol.asyncDispose](), on?.[Symbol.asyncDispose]()]);
});

let context: BrowserContext;
let page: Page;
let complaints: string[];
let acceptedBefore: number;
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  page.setDefaultTimeout(40_000);
  complaints = collectComplaints(page);
  acceptedBefore = on.emulator.accepted.length;
  on.door.isShutTo = () => false;
  onTestFinished(() => context.close());
});

async function open(url = on.url, more: Record<string, string> = {}): Promise<void> {
  await page.goto(`${served.origin}/?${new URLSearchParams({ url, ...more })}`);
}
const status = (text: RegExp) => page.locator("output", { hasText: text }).waitFor();
const isUnderWay = () => status(/QUEUED|GENERATING/);
const make = () => page.getByRole("button", { name: "Make it" }).click();
/** Behind the player's place, of the bar, and behind that. */
const colors = () =>
  Promise.all(
    [".reelwire-player", ".reelwire-progress-bar", ".reelwire-progress"].map((selector) =>
      page.locator(selector).evaluate((element) => getComputedStyle(element).backgroundColor),
    ),
  );
const accepted = () => on.emulator.accepted.length - acceptedBefore;

describe("in a browser, under StrictMode", () => {
  test("a video is made, watched on one websocket, and plays with sound; nothing jumps, and nothing is wrong for anyone", async () => {
    const sockets: string[] = [];
    page.on("websocket", (socket) => sockets.push(socket.url()));
    await open();
    expect(await findAccessibilityProblems(page)).toEqual([]);
    await page.getByRole("button", { name: "Make it" }).dblclick();
    await isUnderWay();
    const bar = page.getByRole("progressbar", { name: "Making the video" });
    expect(await bar.getAttribute("aria-valuetext")).toMatch(/an estimate$/);
    const box = await page.locator(".reelwire-player").boundingBox();
    expect(await findAccessibilityProblems(page)).toEqual([]);
    const light = await colors();
    await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    // What a build tool has made of the styles still knows light from dark.
    const dark = await colors();
    expect(new Set([...light, ...dark]).size).toBe(6);
    expect([...light, ...dark]).not.toContain("rgba(0, 0, 0, 0)");
    expect(await findAccessibilityProblems(page)).toEqual([]);

    on.finishAll();
    await status(/COMPLETED/);
    await playVideo(page);
    const player = await page.locator("video").boundingBox();
    expect([player?.width, player?.height]).toEqual([box?.width, box?.height]);
    expect(await page.locator("video").getAttribute("aria-label")).toBe("A paper boat");
    expect(await findAccessibilityProblems(page)).toEqual([]);
    expect(accepted()).toBe(1);
    expect(sockets).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  test("a reload in the middle finds the video again, and watches it to its end", async () => {
    await open();
    await make();
    await isUnderWay();
    await page.reload();
    await isUnderWay();
    on.finishAll();
    await status(/COMPLETED/);
    await playVideo(page);
    await page.reload();
    await status(/COMPLETED/);
    expect(accepted()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test("an end that comes while there is no network is seen when there is one", async () => {
    await open();
    await make();
    await isUnderWay();
    await context.setOffline(true);
    on.door.cut();
    on.finishAll();
    await on.door.until(() => on.door.openWebSockets === 0);
    await context.setOffline(false);
    await status(/COMPLETED/);
    expect(accepted()).toBe(1);
    expect(complaints.filter((complaint) => !complaint.includes("ERR_INTERNET_DISCONNECTED"))).toEqual([]);
  });

  test("a video that is canceled is told to be", async () => {
    await open();
    await make();
    await isUnderWay();
    await page.getByRole("button", { name: "Cancel" }).click();
    await status(/CANCELED/);
    expect(complaints).toEqual([]);
  });
});

describe("where the network lets less through", () => {
  const failed = /WebSocket connection|Failed to load resource|ERR_/;

  test("without websockets a video is watched by event streams", async () => {
    on.door.isShutTo = ({ isWebSocket }) => isWebSocket;
    const before = on.door.passages.length;
    await open();
    await make();
    await isUnderWay();
    await on.door.until(() => on.door.passages.slice(before).some(({ path }) => path.startsWith("/graphql/stream")));
    on.finishAll();
    await status(/COMPLETED/);
    expect(complaints.filter((complaint) => !failed.test(complaint))).toEqual([]);
  });

  test("without event streams too, by asking again and again", async () => {
    on.door.isShutTo = ({ isWebSocket, path }) => isWebSocket || path.startsWith("/graphql/stream");
    const before = on.door.passages.length;
    await open();
    await make();
    await isUnderWay();
    on.finishAll();
    await status(/COMPLETED/);
    expect(on.door.passages.slice(before).some(({ body }) => body.includes("query FindVideo"))).toBe(true);
    expect(complaints.filter((complaint) => !failed.test(complaint))).toEqual([]);
  });
});

test("a gateway that is killed and started again under the page loses nothing", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-react-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  await using emulator = await startEmulator({ clock: "stepped", clip: "cached", durationMs: 60_000 });
  const variables = {
    AIMLAPI_API_KEY: emulator.apiKey,
    AIMLAPI_BASE_URL: emulator.url,
    REELWIRE_DATA_DIR: dataDir,
    REELWIRE_TYPICAL_GENERATION_SECONDS: "1",
    REELWIRE_ALLOWED_ORIGINS: served.origin,
  };
  const killed = await runMain(variables);
  onTestFinished(() => killed[Symbol.asyncDispose]());
  const url = await killed.ready;
  await open(`${url}/graphql`);
  await make();
  await isUnderWay();
  killed.child.kill("SIGKILL");
  await killed.exited;
  emulator.clock.advance(120_000);
  await using again = await runMain({ ...variables, PORT: new URL(url).port });
  await again.ready;
  await status(/COMPLETED/);
  await playVideo(page);
  expect(emulator.accepted).toHaveLength(1);
});

test("a token that ends is renewed, and what is watched goes on, on one websocket", async () => {
  await using gateway = await runGateway({ variables: { REELWIRE_ALLOWED_ORIGINS: served.origin } });
  const makeKey =
    'mutation { createApiKey(input: { name: "server", scopes: [VIDEOS_CREATE, VIDEOS_READ] }) { secret } }';
  const { createApiKey } = await sendOperation<{ createApiKey: { secret: string } }, object>(
    createConnection({ url: gateway.url }),
    makeKey,
    {},
  );
  const server = createConnection({ url: gateway.url, token: createApiKey.secret });
  const makeToken = 'mutation { createAccessToken(input: { subject: "ada", expiresInSeconds: 5 }) { token } }';
  const { promise: third, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const http = createServer(async (_request, response) => {
    if (++asked === 3) resolve();
    const { createAccessToken } = await sendOperation<{ createAccessToken: { token: string } }, object>(
      server,
      makeToken,
      {},
    );
    response.writeHead(200, { "access-control-allow-origin": served.origin }).end(createAccessToken.token);
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  await open(gateway.url, { tokens: `http://127.0.0.1:${(http.address() as AddressInfo).port}/` });
  await make();
  await isUnderWay();
  await third;
  gateway.finishAll();
  await status(/COMPLETED/);
  expect(gateway.door.webSockets).toBe(1);
  expect(complaints).toEqual([]);
});
