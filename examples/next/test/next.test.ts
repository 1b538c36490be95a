import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { collectComplaints, findAccessibilityProblems, playVideo, startBrowser } from "@reelwire/browser-for-tests";
import type { Emulator } from "@reelwire/emulator";
import { runWithEmulator } from "@reelwire/gateway-for-tests";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

const next = fileURLToPath(import.meta.resolve("next/dist/bin/next"));
const { PATH } = process.env;
// Without the variables of the test runner, as NODE_ENV.
const options = { cwd: fileURLToPath(new URL("..", import.meta.url)), env: { PATH, NEXT_TELEMETRY_DISABLED: "1" } };

const ended = new AsyncDisposableStack();
let emulator: Emulator;
let browser: Browser;
let pageUrl: string;

/** `next start`; its address, once it is ready. */
async function start(): Promise<string> {
  const child = spawn(process.execPath, [next, "start", "--hostname", "127.0.0.1", "--port", "0"], options);
  const exited = once(child, "close");
  ended.defer(async () => {
    child.kill();
    await exited;
  });
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
  let written = "";
  for (const output of [child.stdout, child.stderr]) {
    output.on("data", (chunk) => {
      written += chunk;
      const [, url] = /Local: +(http:\S+)[\s\S]*Ready/.exec(written) ?? [];
      if (url !== undefined) resolve(url);
    });
  }
  void exited.then(() => reject(new Error(`It ended: ${written}`)));
  return await ready;
}

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [next, "build"], options);
  pageUrl = await start();
  const gateway = ended.use(await runWithEmulator({ variables: { REELWIRE_ALLOWED_ORIGINS: pageUrl } }));
  emulator = gateway.emulator;
  const { host } = new URL(gateway.url);
  browser = ended.use(await startBrowser({ addresses: { "127.0.0.1:4000": host } }));
});
afterAll(() => ended.disposeAsync());

test("the app is the example in the README of @reelwire/react, below one line", async () => {
  const readme = await readFile(new URL("../../../packages/react/README.md", import.meta.url), "utf8");
  const [, example] = /^#+ In a page\n[\s\S]*?```tsx\n([\s\S]*?)```/m.exec(readme) ?? [];
  expect(await readFile(new URL("../app/app.tsx", import.meta.url), "utf8")).toBe(`"use client";\n\n${example}`);
});

test("it is rendered on the server: the form is there without JavaScript", async () => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(pageUrl);
  expect(await page.getByLabel("What should it show?").inputValue()).toBe("a paper boat on a rainy street");
  expect(await page.getByRole("button", { name: "Make it" }).isEnabled()).toBe(true);
  await page.close();
});

test("a video is made, watched and played", async () => {
  const page = await browser.newPage();
  const complaints = collectComplaints(page);
  await page.goto(pageUrl);
  await page.getByRole("button", { name: "Make it" }).click();
  await page.locator("[role=progressbar][data-status=QUEUED]").waitFor();

  emulator.clock.advance(60_000);
  await playVideo(page);
  expect(await findAccessibilityProblems(page)).toEqual([]);
  expect(emulator.accepted).toHaveLength(1);
  expect(complaints).toEqual([]);
});
