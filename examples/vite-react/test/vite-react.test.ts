import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { collectComplaints, findAccessibilityProblems, playVideo, startBrowser } from "@reelwire/browser-for-tests";
import type { Emulator } from "@reelwire/emulator";
import { runWithEmulator } from "@reelwire/gateway-for-tests";
import type { Browser } from "playwright-core";
import { createServer, type Plugin } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

const ended = new AsyncDisposableStack();
let emulator: Emulator;
let browser: Browser;
let pageUrl: string;
/** The app with the example of the README at the top in place of its `App.tsx`. */
let pastedUrl: string;

/** The first example after this in a document of the repository. */
async function example(path: string, after: RegExp): Promise<string> {
  const readme = await readFile(new URL(`../../../${path}`, import.meta.url), "utf8");
  return /```tsx\n([\s\S]*?)```/.exec(readme.slice(readme.search(after)))?.[1] ?? "";
}

/** What `npm run dev` runs, on a port of the system's choice; its address. */
async function serve(name: string, plugins: Plugin[] = []): Promise<string> {
  const vite = await createServer({
    root: fileURLToPath(new URL("..", import.meta.url)),
    cacheDir: fileURLToPath(new URL(`../node_modules/.vite-${name}`, import.meta.url)),
    server: { host: "127.0.0.1", port: 0 },
    logLevel: "warn",
    plugins,
  });
  ended.defer(() => vite.close());
  await vite.listen();
  return new URL(vite.resolvedUrls?.local[0] ?? "").origin;
}

beforeAll(async () => {
  const pasted = await example("README.md", /^### In React/m);
  pageUrl = await serve("app");
  pastedUrl = await serve("pasted", [
    { name: "pasted", enforce: "pre", load: (id) => (id.endsWith("/src/App.tsx") ? pasted : null) },
  ]);
  const gateway = ended.use(
    await runWithEmulator({ variables: { REELWIRE_ALLOWED_ORIGINS: `${pageUrl},${pastedUrl}` } }),
  );
  emulator = gateway.emulator;
  const { host } = new URL(gateway.url);
  browser = ended.use(await startBrowser({ addresses: { "127.0.0.1:4000": host } }));
});
afterAll(() => ended.disposeAsync());

test("the app is the example in the README of @reelwire/react", async () => {
  const app = await readFile(new URL("../src/App.tsx", import.meta.url), "utf8");
  expect(app).toBe(await example("packages/react/README.md", /^#+ In a page/m));
});

test("a video is made once, found again after a reload, and played", async () => {
  const page = await browser.newPage();
  const complaints = collectComplaints(page);
  await page.goto(pageUrl);
  await page.getByLabel("What should it show?").fill("a paper boat at sea");
  await page.getByRole("button", { name: "Make it" }).click();
  const queued = page.locator("[role=progressbar][data-status=QUEUED]");
  await queued.waitFor();
  await page.reload();
  await queued.waitFor();

  emulator.clock.advance(60_000);
  await playVideo(page);
  expect(await findAccessibilityProblems(page)).toEqual([]);
  expect(emulator.accepted).toHaveLength(1);
  expect(complaints).toEqual([]);
});

test("a video that fails says why", async () => {
  const page = await browser.newPage();
  await page.goto(pageUrl);
  await page.getByLabel("What should it show?").fill("a paper boat [fault:invalid-body]");
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("button", { name: "Make it" }).isEnabled()).toBe(true);
});

test("the example in the README at the top makes one video of a double click, and finds it again", async () => {
  const before = emulator.accepted.length;
  const page = await browser.newPage();
  const complaints = collectComplaints(page);
  await page.goto(pastedUrl);
  await page.getByRole("button", { name: "Make a video" }).dblclick();
  const queued = page.locator("[role=progressbar][data-status=QUEUED]");
  await queued.waitFor();
  await page.reload();
  await queued.waitFor();

  emulator.clock.advance(60_000);
  await playVideo(page);
  expect(emulator.accepted).toHaveLength(before + 1);
  expect(complaints).toEqual([]);
});
