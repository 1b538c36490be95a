import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { collectComplaints, findAccessibilityProblems, playVideo, startBrowser } from "@reelwire/browser-for-tests";
import type { Emulator } from "@reelwire/emulator";
import { runWithEmulator } from "@reelwire/gateway-for-tests";
import type { Browser } from "playwright-core";
import { createServer as createVite } from "vite";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const ended = new AsyncDisposableStack();
let emulator: Emulator;
let browser: Browser;
let pageUrl: string;

beforeAll(async () => {
  // It listens first: the gateway must know where the page comes from, and the page where the gateway is.
  const server = ended.use(createServer().listen(0, "127.0.0.1"));
  await once(server, "listening");
  pageUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gateway = ended.use(await runWithEmulator({ variables: { REELWIRE_ALLOWED_ORIGINS: pageUrl } }));
  emulator = gateway.emulator;
  vi.stubEnv("VITE_REELWIRE_URL", `${gateway.url}/graphql`);
  ended.defer(async () => {
    vi.unstubAllEnvs();
  });
  // What `npm run dev` runs.
  const vite = await createVite({
    root: fileURLToPath(new URL("..", import.meta.url)),
    server: { middlewareMode: { server } },
    logLevel: "warn",
  });
  ended.defer(() => vite.close());
  server.on("request", vite.middlewares);
  browser = ended.use(await startBrowser());
});
afterAll(() => ended.disposeAsync());

test("a video is made, watched and played", async () => {
  const page = await browser.newPage();
  const complaints = collectComplaints(page);
  await page.goto(pageUrl);
  await page.getByLabel("Prompt").fill("a paper boat at sea");
  await page.getByRole("button", { name: "Make video" }).dblclick();
  await page.getByRole("status").getByText("QUEUED").waitFor();
  await page.getByRole("progressbar").waitFor();
  await page.getByRole("button", { name: "Make video", disabled: true }).waitFor();

  emulator.clock.advance(60_000);
  await page.getByRole("status").getByText("COMPLETED").waitFor();
  await page.getByRole("button", { name: "Make video", disabled: false }).waitFor();
  await playVideo(page);
  expect(await findAccessibilityProblems(page)).toEqual([]);
  expect(emulator.accepted).toHaveLength(1);
  expect(complaints).toEqual([]);
  await page.close();
});

test.each([
  ["a video that fails", "a paper boat [fault:invalid-body]", "UPSTREAM_INPUT_REJECTED: "],
  ["what the gateway refuses", "x".repeat(20_001), "BAD_INPUT: "],
])("%s is told by its code", async (_, prompt, code) => {
  const page = await browser.newPage();
  await page.goto(pageUrl);
  await page.getByLabel("Prompt").fill(prompt);
  await page.getByRole("button", { name: "Make video" }).click();
  await page.getByRole("alert").getByText(code).waitFor();
  await page.close();
});
