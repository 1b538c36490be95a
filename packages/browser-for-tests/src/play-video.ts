import type { Page } from "playwright-core";

// As text, since what runs in the page has other types than what runs here.
const PLAY = `new Promise((resolve, reject) => {
  const video = document.querySelector("video");
  video.addEventListener("timeupdate", () => {
    if (video.currentTime > 0.5 && video.webkitAudioDecodedByteCount > 0) resolve(null);
  });
  video.play().catch(reject);
})`;

/** Plays the first video of a page, which must have sound, until it has really advanced by half a second and some of the sound was decoded. */
export async function playVideo(page: Page): Promise<void> {
  await page.locator("video").first().waitFor();
  await page.evaluate(PLAY);
}
