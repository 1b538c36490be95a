import { collectComplaints } from "@reelwire/browser-for-tests";
import { cancelVideo } from "@reelwire/react";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, type RunningStudio, sidewaysScroll, startStudio } from "./running-studio.ts";

const ended = new AsyncDisposableStack();
let studio: RunningStudio;

beforeAll(async () => {
  studio = ended.use(await startStudio());
});
afterAll(() => ended.disposeAsync());

async function openGallery(search = "", viewport = { width: 1280, height: 800 }): Promise<Page> {
  const page = await studio.browser.newPage({ viewport });
  await page.goto(`${studio.url}/videos${search}`);
  return page;
}

const card = (page: Page, name: string | RegExp) => page.getByRole("article").filter({ hasText: name });

/** The prompts to be seen, from the top. */
const names = (page: Page) => page.getByRole("article").getByRole("heading").allTextContents();

test("a first video comes in by itself, tells how far it is, and is a picture in the end", async () => {
  const page = await openGallery();
  const complaints = collectComplaints(page);
  await page.getByRole("heading", { name: "No videos yet" }).waitFor();
  await expectAccessible(page);

  const id = await studio.make("a lighthouse in a storm", { externalId: "Campaign-41" });
  await card(page, "a lighthouse").getByText("Queued").waitFor();
  await card(page, "a lighthouse").getByRole("progressbar").waitFor();
  await expectAccessible(page);
  const stage = card(page, "a lighthouse").locator(".video-card-stage");
  const before = await stage.boundingBox();

  await studio.finish(id);
  const still = card(page, "a lighthouse").locator("video");
  await still.and(page.locator(".video-still-there")).waitFor();
  expect(await stage.boundingBox()).toEqual(before);
  await expectAccessible(page);
  expect(complaints).toEqual([]);
  await page.close();
});

test("what is pointed at or focused moves, without sound, unless nothing is to move", async () => {
  const page = await openGallery();
  const still = card(page, "a lighthouse").locator("video.video-still-there");
  await still.waitFor();
  const state = () => still.evaluate((video: HTMLVideoElement) => ({ muted: video.muted, paused: video.paused }));
  expect(await state()).toEqual({ muted: true, paused: true });

  await card(page, "a lighthouse").hover();
  await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0.4);
  await page.mouse.move(0, 0);
  await page.waitForFunction(() => document.querySelector("video")?.paused);

  await page.getByLabel("Created").focus();
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("a lighthouse in a storm");
  await page.waitForFunction(() => document.querySelector("video")?.paused === false);
  await page.keyboard.press("Shift+Tab");
  await page.waitForFunction(() => document.querySelector("video")?.paused);

  await page.emulateMedia({ reducedMotion: "reduce" });
  await card(page, "a lighthouse").hover();
  expect(await state()).toEqual({ muted: true, paused: true });
  await page.close();
});

test("it is narrowed by status and by words; the address keeps that, back and forward and when loaded again", async () => {
  await studio.makeToEnd("a glass tower [fault:generation-error]");
  const canceled = await studio.make("a whale of clouds");
  await studio.accepted("a whale of clouds");
  await cancelVideo(studio.connection, canceled);

  const page = await openGallery();
  await card(page, "a glass tower").getByText("The model could not make this video").waitFor();
  await card(page, "a whale").getByText("Canceled").waitFor();
  expect(await names(page)).toHaveLength(3);

  await page.getByLabel("Failed").check();
  await page.waitForURL("**/videos?status=failed");
  await card(page, "a whale").waitFor({ state: "detached" });
  await card(page, "a glass tower").waitFor();
  expect(await names(page)).toEqual(["a glass tower [fault:generation-error]"]);
  await page.reload();
  await card(page, "a glass tower").waitFor();
  expect(await page.getByLabel("Failed").isChecked()).toBe(true);

  await page.goBack();
  await card(page, "a lighthouse").waitFor();
  expect(await page.getByLabel("All").isChecked()).toBe(true);
  await page.goForward();
  await card(page, "a lighthouse").waitFor({ state: "detached" });
  await page.getByLabel("All").check();

  // In whatever case, in the prompt or the external id.
  const field = page.getByRole("searchbox");
  await field.fill("campaign-4");
  await page.waitForURL("**/videos?search=campaign-4");
  await card(page, "a whale").waitFor({ state: "detached" });
  await card(page, "a lighthouse").waitFor();
  expect(await names(page)).toEqual(["a lighthouse in a storm"]);
  await field.fill("100% & more");
  await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
  await page.reload();
  expect(await field.inputValue()).toBe("100% & more");
  await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show all videos" }).click();
  await card(page, "a whale").waitFor();
  expect(await field.inputValue()).toBe("");

  await page.getByLabel("Created").selectOption("Today");
  await page.waitForURL(/\?from=\d{4}-\d\d-\d\d$/);
  await card(page, "a whale").waitFor();
  await page.getByLabel("Created").selectOption("Choose days");
  await page.getByLabel("to", { exact: true }).fill("2026-01-02");
  await page.getByRole("heading", { name: "Nothing matches" }).waitFor();
  expect(new URL(page.url()).searchParams.get("from")).toBe("2026-01-02");
  await page.close();
});

test("more than sixty are loaded while one goes down; back finds the place, and new ones wait until one is done reading", async () => {
  for (let number = 1; number <= 64; number++) await studio.make(`video number ${number}.`);
  const page = await openGallery();
  await card(page, "number 64.").waitFor();
  const loaded = () => page.getByRole("article").count();
  expect(await loaded()).toBeLessThan(60);
  for (const more of [25, 49]) {
    await page.keyboard.press("End");
    await page.getByRole("article").nth(more).waitFor();
  }
  await card(page, "number 1.").waitFor();
  expect(await page.getByRole("button", { name: "Load more" }).count()).toBe(0);
  expect(await loaded()).toBeGreaterThan(60);

  const read = card(page, "number 20.");
  await read.scrollIntoViewIfNeeded();
  const place = await read.boundingBox();
  await read.getByRole("link").click();
  await page.waitForURL("**/videos/video_*");
  await page.getByRole("heading", { level: 1, name: "video number 20." }).waitFor();
  await page.goBack();
  await read.waitFor();
  await page.waitForFunction(
    ({ text, y }) => {
      const cards = Array.from(document.querySelectorAll("article"));
      const there = cards.find(({ textContent }) => textContent.includes(text))?.getBoundingClientRect().y;
      return there !== undefined && Math.abs(there - y) < 4;
    },
    { text: "number 20.", y: place?.y ?? 0 },
  );

  await studio.make("the newest of all");
  await page.getByRole("button", { name: "1 new" }).waitFor();
  expect((await read.boundingBox())?.y).toBeCloseTo(place?.y ?? 0, -1);
  expect(await names(page)).not.toContain("the newest of all");
  await expectAccessible(page);
  await studio.make("newer still");
  await page.getByRole("button", { name: "2 new" }).click();
  await card(page, "newer still").waitFor();
  await page.waitForFunction(() => window.scrollY === 0);
  expect((await names(page)).slice(0, 2)).toEqual(["newer still", "the newest of all"]);
  await page.close();
});

test("the keyboard alone narrows it, and opens a video", async () => {
  const page = await openGallery();
  await card(page, "newer still").waitFor();
  await page.getByRole("searchbox").focus();
  await page.keyboard.type("glass tower");
  await page.keyboard.press("Enter");
  await card(page, "newer still").waitFor({ state: "detached" });
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  await page.waitForURL("**/videos?status=running&search=glass+tower");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.waitForURL("**/videos?status=failed&search=glass+tower");
  await card(page, "a glass tower").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/videos/video_*");
  // A screen reader begins where the page does.
  await page.waitForFunction(() => document.activeElement?.tagName === "H1");
  await page.close();
});

test("what was made while offline is there once online again; what does not load can be tried again", async () => {
  const page = await openGallery();
  await card(page, "newer still").waitFor();
  await page.context().setOffline(true);
  await page.getByText("You are offline.").waitFor();
  await studio.make("made in the meantime");
  await page.context().setOffline(false);
  await card(page, "made in the meantime").waitFor();

  await page.route("**/graphql", (route) => route.abort());
  await page.goto(`${studio.url}/videos?search=lighthouse`);
  await page.getByRole("alert").getByText("The videos did not load").waitFor();
  await expectAccessible(page);
  await page.unroute("**/graphql");
  await page.getByRole("button", { name: "Try again" }).click();
  await card(page, "a lighthouse").waitFor();
  await page.close();
});

test.each([320, 390, 768])("nothing is cut off or wider than a window of %i pixels", async (width) => {
  await studio.make(`${"a-very-long-word".repeat(12)} ${width}`, {
    externalId: `external-${width}-${"x".repeat(200)}`,
  });
  const page = await openGallery("", { width, height: 844 });
  await card(page, `external-${width}`).waitFor();
  expect(await sidewaysScroll(page)).toBe(0);
  await expectAccessible(page);
  await page.close();
});
