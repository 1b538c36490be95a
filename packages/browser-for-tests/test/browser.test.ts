import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { collectComplaints, findAccessibilityProblems, startBrowser } from "../src/index.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

test("it is a Chromium", () => {
  expect(browser.browserType()).toBe(chromium);
});

test("complaints of a page are told", async () => {
  const page = await browser.newPage();
  const complaints = collectComplaints(page);
  const asked = page.waitForRequest("http://elsewhere.invalid/");
  await page.setContent(
    `<script>console.error("one"); console.warn("two"); console.log("fine"); throw new Error("three")</script>
     <img src="http://elsewhere.invalid/" alt="">`,
  );
  await asked;
  expect(complaints).toEqual(
    expect.arrayContaining([
      "console: one",
      "console: two",
      "uncaught: three",
      "request to another host: http://elsewhere.invalid/",
    ]),
  );
  expect(complaints).not.toContain("console: fine");
});

test("accessibility problems of a page are told, and none where there are none", async () => {
  const page = await browser.newPage();
  await page.setContent(
    `<!doctype html><html lang="en"><title>t</title><main><h1>Heading</h1><button></button></main></html>`,
  );
  expect(await findAccessibilityProblems(page)).toEqual([expect.stringMatching(/^button-name: /)]);
  await page.setContent(
    `<!doctype html><html lang="en"><title>t</title><main><h1>Heading</h1><button>Go</button></main></html>`,
  );
  expect(await findAccessibilityProblems(page)).toEqual([]);
});

test("an address leads to another one, whose page is none the wiser", async () => {
  await using server = createServer((request, response) => response.end(request.headers.host)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await using mapped = await startBrowser({ addresses: { "127.0.0.1:4000": `127.0.0.1:${port}` } });
  const page = await mapped.newPage();
  await page.goto("http://127.0.0.1:4000/");
  expect(await page.textContent("body")).toBe("127.0.0.1:4000");
});
