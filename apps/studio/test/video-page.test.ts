import { readFile } from "node:fs/promises";
import { collectComplaints, playVideo } from "@reelwire/browser-for-tests";
import { solidPng } from "@reelwire/gateway-for-tests";
import { createVideo } from "@reelwire/react";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible, type RunningStudio, sidewaysScroll, startStudio } from "./running-studio.ts";

const ended = new AsyncDisposableStack();
let studio: RunningStudio;

beforeAll(async () => {
  studio = ended.use(await startStudio());
});
afterAll(() => ended.disposeAsync());

async function openVideo(id: string, width = 1280): Promise<Page> {
  const page = await studio.browser.newPage({ viewport: { width, height: 800 } });
  await page.goto(`${studio.url}/videos/${id}`);
  return page;
}

const fact = (page: Page, name: string) =>
  page
    .locator(".fact")
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator("dd");

const history = (page: Page) => page.locator(".history-entry");

test("a video is followed to its end, then played, saved and shared, with what it cost and how it went", async () => {
  const frame = `data:image/png;base64,${solidPng().toString("base64")}`;
  const id = await studio.make("a paper boat at sea", { externalId: "order-7", imageUrl: frame, generateAudio: true });
  const page = await openVideo(id);
  const complaints = collectComplaints(page);
  await page.getByRole("heading", { level: 1, name: "a paper boat at sea" }).waitFor();
  await page.getByRole("progressbar").waitFor();
  await history(page).filter({ hasText: "Queued" }).waitFor();
  await page.getByRole("img", { name: "First frame" }).waitFor();
  expect(await page.getByRole("img", { name: "Last frame" }).count()).toBe(0);
  expect(await fact(page, "Charged").textContent()).toBe("When it is finished");
  await expectAccessible(page);

  await studio.finish(id);
  const player = page.locator("video");
  await player.waitFor();
  await playVideo(page);

  expect(await fact(page, "Expected").textContent()).toBe("$0.26");
  expect(await fact(page, "Charged").textContent()).toBe("$0.26");
  expect(await fact(page, "Credits").textContent()).toBe("520,000");
  expect(await fact(page, "External id").textContent()).toBe("order-7");
  expect(await fact(page, "Length").textContent()).toBe("4 s");
  expect(await fact(page, "Sound").textContent()).toBe("With sound");

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const saved = await readFile(await (await download).path());
  const url = await player.getAttribute("src");
  expect(saved.equals(Buffer.from(await (await fetch(String(url))).arrayBuffer()))).toBe(true);

  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("Link copied.").waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url);
  await page.getByRole("button", { name: "Copy id", exact: true }).click();
  await page.getByText("Copied.", { exact: true }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(id);
  expect(await page.getByRole("link", { name: "Make it again" }).getAttribute("href")).toBe(`/?from=${id}`);
  await expectAccessible(page);
  expect(complaints).toEqual([]);
  await page.close();
});

test("the history has every version with its time, also when it is looked at later", async () => {
  const id = await studio.makeToEnd("a history");
  const page = await openVideo(id);
  await page.getByText("in all").waitFor();
  const labels = await page.locator(".history-label").allTextContents();
  expect(labels[0]).toBe("Accepted");
  expect(labels[1]).toBe("Submitting");
  expect(labels.at(-1)).toBe("Finished");
  for (const time of await history(page).getByRole("time").allTextContents()) {
    expect(time).toMatch(/^\d\d:\d\d:\d\d\.\d$/);
  }
  // How long it was in the state before stands at each but the first.
  expect(await page.locator(".history-since").count()).toBe(labels.length - 1);
  await page.close();
});

test("a failure is told in plain words, with its code and what it costs", async () => {
  const id = await studio.makeToEnd("a tower of glass [fault:generation-error]");
  const page = await openVideo(id);
  const why = page.getByRole("region", { name: "Why it failed" });
  await why.getByText("The model could not make this video").waitFor();
  await why.getByText("GENERATION_FAILED", { exact: true }).waitFor();
  await why.getByText("It is not charged.").waitFor();
  await why.getByText(/request (may succeed|would fail)/).waitFor();
  expect(await fact(page, "Charged").textContent()).toBe("Nothing");
  await expectAccessible(page);
  await page.close();
});

test("it is canceled by the keyboard alone, once it was said what that may cost", async () => {
  const id = await studio.make("a whale of clouds");
  const page = await openVideo(id);
  await history(page).filter({ hasText: "Queued" }).waitFor();
  const button = page.getByRole("button", { name: "Cancel", exact: true });
  await button.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Cancel this video?" });
  await dialog.getByText(/still be charged, up to about \$0\.26/).waitFor();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);

  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Cancel the video" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Canceled. It had been sent, and may still be charged.").waitFor();
  await history(page).filter({ hasText: "Canceled" }).waitFor();
  await dialog.waitFor({ state: "hidden" });
  expect(await button.count()).toBe(0);
  await expectAccessible(page);
  await page.close();
});

test.each(["video_01jzzzzzzzzzzzzzzzzzzzzzzz", "nonsense"])("there is no video %s, and that is said", async (id) => {
  const page = await openVideo(id);
  await page.getByRole("heading", { name: "There is no such video here" }).waitFor();
  await expectAccessible(page);
  await page.getByRole("link", { name: "See your videos" }).click();
  await page.waitForURL("**/videos");
  await page.close();
});

test("what happened while offline is shown once online again", async () => {
  const id = await studio.make("seen late");
  const page = await openVideo(id);
  await history(page).filter({ hasText: "Queued" }).waitFor();
  await page.context().setOffline(true);
  await page.getByText("You are offline.").waitFor();
  await studio.finish(id);
  await page.context().setOffline(false);
  await page.locator("video").waitFor();
  await page.getByText("in all").waitFor();
  await page.close();
});

test.each([320, 390])("nothing is cut off or wider than a window of %i pixels", async (width) => {
  const id = await studio.make(`${"a-very-long-word".repeat(12)} in a prompt`, {
    externalId: `external-${width}-${"x".repeat(200)}`,
    aspectRatio: "PORTRAIT_9_16",
  });
  const page = await openVideo(id, width);
  await history(page).filter({ hasText: "Queued" }).waitFor();
  expect(await sidewaysScroll(page)).toBe(0);
  await expectAccessible(page);
  await page.close();
});

test("is where the API says it is", async () => {
  const { video } = await createVideo(studio.connection, { prompt: "a paper boat, to be found", durationSeconds: 4 });
  const page = await studio.browser.newPage();
  await page.goto(video.studioUrl);
  await page.getByRole("heading", { level: 1, name: "a paper boat, to be found" }).waitFor();
  expect(page.url()).toBe(`${studio.url}/videos/${video.id}`);
});
