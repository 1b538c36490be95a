import { startBrowser } from "@reelwire/browser-for-tests";
import { type RunningMain, runMain } from "@reelwire/gateway-for-tests";
import type { Browser, Request } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

const MOST_BYTES = 150_000;

// A real gateway and a browser on two busy cores.
const PATIENCE_MS = 60_000;

let gateway: RunningMain;
let browser: Browser;
beforeAll(async () => {
  [gateway, browser] = await Promise.all([runMain(), startBrowser()]);
}, PATIENCE_MS);
afterAll(async () => {
  await browser.close();
  await gateway[Symbol.asyncDispose]();
});

/**
 * The files that a browser loads which has never been here, until a page is seen in its font: bytes as they come over the network, gzipped
 * where the gateway has them so, by path. What is loaded because an address names it counts, whether the document says so or a script.
 */
async function firstLoad(path: string): Promise<Record<string, number>> {
  const context = await browser.newContext({ extraHTTPHeaders: { "accept-encoding": "gzip" } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const finished: Request[] = [];
  page.on("requestfinished", (request) => finished.push(request));
  await page.goto(`${await gateway.ready}${path}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.evaluate("document.fonts.ready.then(() => null)");
  const files: Record<string, number> = {};
  for (const request of finished) {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith("/graphql")) files[pathname] = (await request.sizes()).responseBodySize;
  }
  return files;
}

test.each(["/", "/videos", "/usage"])("%s is seen after less than 150 kB", { timeout: PATIENCE_MS }, async (path) => {
  const files = await firstLoad(path);
  const kinds = Object.keys(files).map((name) => /\.\w+$/.exec(name)?.[0] ?? "html");
  expect(kinds).toEqual(expect.arrayContaining(["html", ".js", ".css", ".woff2"]));
  const total = Object.values(files).reduce((sum, size) => sum + size, 0);
  expect(total, JSON.stringify(files, null, 2)).toBeLessThan(MOST_BYTES);
});
