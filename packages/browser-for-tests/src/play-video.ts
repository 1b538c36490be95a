import type { Page } from "playwright-core";

/** Plays the first video of a page, until it has really advanced by half a second. */
export async function playVideo(page: Page): Promise<void> {
  await page.locator("video").first().waitFor();
  // As texts, since what runs in the page has other types than what runs here.
  await page.evaluate("document.querySelector('video').play()");
  await page.waitForFunction("document.querySelector('video').currentTime > 0.5");
}
