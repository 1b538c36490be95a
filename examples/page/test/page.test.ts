import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { collectComplaints, findAccessibilityProblems, playVideo, startBrowser } from "@reelwire/browser-for-tests";
import type { Emulator } from "@reelwire/emulator";
import { runWithEmulator } from "@reelwire/gateway-for-tests";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

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
  const file = await readFile(new URL("../index.html", import.meta.url), "utf8");
  expect(file).toContain('"http://127.0.0.1:4000/graphql"');
  const html = file.replace("http://127.0.0.1:4000", gateway.url);
  server.on("request", (_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(html);
  });
  browser = ended.use(await startBrowser());
});
afterAll(() => ended.disposeAsync());

test("a video is made, watched and played, with nothing but the page", async () => {
  const page = await browser.newPage();
  const complaints = collectComplaints(page);
  await page.goto(pageUrl);
  await page.getByLabel("Prompt").fill("a paper boat at sea");
  await page.getByRole("button", { name: "Make video" }).click();
  await page.getByRole("status").getByText("QUEUED").waitFor();
  await page.getByRole("progressbar").waitFor();

  emulator.clock.advance(60_000);
  await page.getByRole("status").getByText("COMPLETED").waitFor();
  await playVideo(page);
  await page.getByRole("button", { name: "Make video", disabled: false }).waitFor();
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
  await page.getByRole("status").getByText(code).waitFor();
  await page.getByRole("button", { name: "Make video", disabled: false }).waitFor();
  await page.close();
});
