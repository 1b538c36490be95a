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
