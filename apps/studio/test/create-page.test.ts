import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { collectComplaints, playVideo } from "@reelwire/browser-for-tests";
import { solidPng } from "@reelwire/gateway-for-tests";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { expectAccessible, GENERATION_MS, type RunningStudio, sidewaysScroll, startStudio } from "./running-studio.ts";

const ended = new AsyncDisposableStack();
let studio: RunningStudio;

beforeAll(async () => {
  studio = ended.use(await startStudio());
});
afterAll(() => ended.disposeAsync());

async function openForm(path = "/", width = 1280): Promise<Page> {
  const page = await studio.browser.newPage({ viewport: { width, height: 800 } });
  await page.goto(`${studio.url}${path}`);
  await prompt(page).waitFor();
  return page;
}

const prompt = (page: Page) => page.getByRole("textbox", { name: "What should it show?" });
const make = (page: Page) => page.getByRole("button", { name: "Make the video" });
const panel = (page: Page) => page.getByRole("region", { name: "Your video" });
const frame = (page: Page, name: "First frame" | "Last frame") => page.getByRole("group", { name });
const step = (page: Page, name: string) => panel(page).getByRole("listitem").filter({ hasText: name });

/** Waits until the upstream has one more generation, and ends it. */
async function finishNext(accepted: number): Promise<void> {
  await studio.emulator.until(() => studio.emulator.accepted.length > accepted);
  studio.emulator.clock.advance(GENERATION_MS);
}

/** Gives a picture as the browser does when somebody drops or pastes it. */
async function give(target: Locator, how: "drop" | "paste", picture: Buffer, type = "image/png"): Promise<void> {
  await target.evaluate(
    (element, { how, base64, type }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], "picture", { type }));
      const init = { bubbles: true, cancelable: true };
      element.dispatchEvent(
        how === "drop"
          ? new DragEvent("drop", { ...init, dataTransfer: transfer })
          : new ClipboardEvent("paste", { ...init, clipboardData: transfer }),
      );
    },
    { how, base64: picture.toString("base64"), type },
  );
}

test("a video is made for the price that was shown, watched live, played with sound, and saved", async () => {
  const page = await openForm();
  const complaints = collectComplaints(page);
  await page.getByText("$0.52", { exact: true }).waitFor();
  await page.getByText("8 × $0.065 per second").waitFor();
  await page.getByRole("radio", { name: "4 seconds" }).check();
  await page.getByText("$0.26", { exact: true }).waitFor();
  await expectAccessible(page);

  const accepted = studio.emulator.accepted.length;
  await prompt(page).fill("a paper boat on a rainy street");
  await make(page).click();
  await panel(page).getByRole("progressbar").waitFor();
  await step(page, "Submitted").getByRole("time").waitFor();
  await expect.poll(() => step(page, "Queued").getAttribute("aria-current")).toBe("step");
  await expectAccessible(page);

  await finishNext(accepted);
  const player = panel(page).locator("video");
  await player.waitFor();
  await playVideo(page);
  await expectAccessible(page);

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const saved = await readFile(await (await download).path());
  const url = String(await player.getAttribute("src"));
  expect(saved.equals(Buffer.from(await (await fetch(url)).arrayBuffer()))).toBe(true);

  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("The link is copied.").waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(url);
  expect(complaints).toEqual([]);
  await page.close();
});

test("a reload in the middle finds the video, and what was written", async () => {
  const page = await openForm();
  const accepted = studio.emulator.accepted.length;
  await prompt(page).fill("a video that outlives the page");
  await page.getByRole("radio", { name: "1080p" }).check();
  await make(page).click();
  await panel(page).getByRole("progressbar").waitFor();
  await page.reload();
  await panel(page).getByRole("progressbar").waitFor();
  expect(await prompt(page).inputValue()).toBe("a video that outlives the page");
  expect(await page.getByRole("radio", { name: "1080p" }).isChecked()).toBe(true);
  expect(studio.emulator.accepted.length).toBeLessThanOrEqual(accepted + 1);
  await finishNext(accepted);
  await panel(page).locator("video").waitFor();
  await page.close();
});

test("canceling says what it may cost, and can be thought better of", async () => {
  const page = await openForm();
  const accepted = studio.emulator.accepted.length;
  await prompt(page).fill("a video that nobody wants");
  await make(page).click();
  await studio.emulator.until(() => studio.emulator.accepted.length > accepted);
  await expect.poll(() => step(page, "Queued").getAttribute("aria-current")).toBe("step");
  const cancel = page.getByRole("button", { name: "Cancel", exact: true });
  await cancel.click();
  const dialog = page.getByRole("dialog", { name: "Cancel this video?" });
  await dialog.getByText("may finish the video and charge $0.52 all the same").waitFor();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  expect(await cancel.evaluate((button) => button === document.activeElement)).toBe(true);

  await cancel.click();
  await dialog.getByRole("button", { name: "Cancel the video" }).click();
  await panel(page).getByRole("heading", { name: "Canceled" }).waitFor();
  await page.getByText("Canceled. It may still be charged.").waitFor();
  await expectAccessible(page);
  await page.close();
});

test("frames are taken by drop and by paste, and are there again when it is made again", async () => {
  const page = await openForm();
  const complaints = collectComplaints(page);
  await give(frame(page, "First frame"), "drop", solidPng(1280, 720, 100));
  await frame(page, "First frame").getByText("1280 × 720").waitFor();
  // Wherever the focus is: the first frame is taken already.
  await give(prompt(page), "paste", solidPng(1280, 720, 200));
  await frame(page, "Last frame").getByText("1280 × 720").waitFor();
  await expectAccessible(page);

  const accepted = studio.emulator.accepted.length;
  await prompt(page).fill("from one shade to another");
  await make(page).click();
  await finishNext(accepted);
  await panel(page).locator("video").waitFor();
  expect(studio.emulator.accepted.at(-1)?.body).toMatchObject({
    image_url: expect.stringMatching(/^data:image\/png;base64,/),
    last_image_url: expect.stringMatching(/^data:image\/png;base64,/),
  });

  await page.getByRole("button", { name: "Remove the first frame" }).click();
  await prompt(page).fill("");
  await page.getByRole("button", { name: "Make it again with changes" }).click();
  await frame(page, "First frame").getByRole("img").waitFor();
  await frame(page, "Last frame").getByRole("img").waitFor();
  expect(await prompt(page).inputValue()).toBe("from one shade to another");
  expect(complaints).toEqual([]);
  await page.close();
});

test("pressed while a picture is on its way, the video is made when it has arrived", async () => {
  const page = await openForm();
  const held = Promise.withResolvers<void>();
  await page.route("**/uploads", async (route) => {
    await held.promise;
    await route.continue();
  });
  await give(frame(page, "First frame"), "drop", solidPng(1280, 720, 60));
  await frame(page, "First frame").getByText("Uploading…").waitFor();
  const accepted = studio.emulator.accepted.length;
  await prompt(page).fill("with a picture that takes its time");
  await make(page).click();
  await page.getByRole("button", { name: "Uploading" }).waitFor();
  held.resolve();
  await finishNext(accepted);
  await panel(page).locator("video").waitFor();
  expect(studio.emulator.accepted.at(-1)?.body.image_url).toMatch(/^data:image\/png;base64,/);
  await page.close();
});

test("a picture that cannot be used is refused before it is sent", async () => {
  const page = await openForm();
  const uploads: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/uploads") uploads.push(request.url());
  });
  const first = frame(page, "First frame");
  await give(first, "drop", solidPng(640, 360));
  await first.getByText("its shorter side must have at least 720").waitFor();
  await give(first, "drop", Buffer.from("%PDF-1.7"), "application/pdf");
  await first.getByText("give JPEG, PNG or WebP").waitFor();
  await give(first, "drop", Buffer.from("no picture"), "image/png");
  await first.getByText("The picture is damaged").waitFor();
  await give(first, "drop", Buffer.alloc(10 * 1024 * 1024 + 1), "image/png");
  await first.getByText("it may have at most 10").waitFor();
  await page.getByRole("button", { name: "Use an address as the first frame" }).click();
  await page.getByRole("textbox", { name: "Address of the first frame" }).fill("not an address");
  await page.keyboard.press("Enter");
  await first.getByText("Give an address that begins with http").waitFor();
  expect(uploads).toEqual([]);
  await page.close();
});

test("an address is taken as a frame, and sent as it is", async () => {
  const server = createServer((_request, response) => response.end(solidPng()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/first.png`;
  const page = await openForm();
  await page.getByRole("button", { name: "Use an address as the first frame" }).click();
  await page.getByRole("textbox", { name: "Address of the first frame" }).fill(address);
  await page.keyboard.press("Enter");
  await frame(page, "First frame").getByText("1280 × 720").waitFor();
  const accepted = studio.emulator.accepted.length;
  await prompt(page).fill("from an address");
  await make(page).click();
  await finishNext(accepted);
  await panel(page).locator("video").waitFor();
  expect(studio.emulator.accepted.at(-1)?.body.image_url).toBe(address);
  await page.close();
});

test("what is wrong is said at its field, which takes the focus", async () => {
  await studio.make("the one that has the id", { externalId: "order-1" });
  const page = await openForm();
  await make(page).click();
  await page.getByText("Say what the video should show.").waitFor();
  expect(await prompt(page).evaluate((field) => field === document.activeElement)).toBe(true);
  await expectAccessible(page);

  await prompt(page).fill("another one");
  await page.getByText("Limits and names").click();
  const id = page.getByRole("textbox", { name: "Your own id" });
  const limit = page.getByRole("textbox", { name: "Most it may cost" });
  await limit.fill("a dollar");
  await make(page).click();
  await page.getByText("Give US dollars, more than 0").waitFor();
  expect(await limit.getAttribute("aria-invalid")).toBe("true");

  await limit.fill("");
  await id.fill("order-1");
  await make(page).click();
  await page.getByText("Another video has this id.").waitFor();
  expect(await id.evaluate((field) => field === document.activeElement)).toBe(true);

  await id.fill("");
  await limit.fill("0.10");
  await page.getByText("More than your limit of $0.10").waitFor();
  await make(page).click();
  await page.getByText("It costs more than your limit").waitFor();
  await page.getByText("PRICE_TOO_HIGH").waitFor();
  await expectAccessible(page);
  await page.close();
});

test("a video that failed says why in plain words, and can be tried again", async () => {
  const page = await openForm();
  const accepted = studio.emulator.accepted.length;
  await prompt(page).fill("a video that fails [fault:generation-error]");
  await make(page).click();
  await finishNext(accepted);
  await panel(page).getByRole("heading", { name: "The model could not make this video" }).waitFor();
  await panel(page).getByText("GENERATION_FAILED", { exact: true }).waitFor();
  await expectAccessible(page);
  await page.close();
});

test("everything goes by the keyboard alone", async () => {
  const page = await openForm();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await prompt(page).evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.type("by the keyboard");
  const accepted = studio.emulator.accepted.length;
  await page.keyboard.press("Control+Enter");
  await panel(page).getByRole("progressbar").waitFor();
  // The focus is where something happens.
  expect(await panel(page).evaluate((section) => section === document.activeElement)).toBe(true);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
  await finishNext(accepted);
  await panel(page).locator("video").waitFor();
  // The button is gone that had it.
  expect(await panel(page).evaluate((section) => section === document.activeElement)).toBe(true);
  await page.close();
});

test("another page leads here to make its video again, and the focus follows", async () => {
  const id = await studio.make("once more, please", { resolution: "P1080", generateAudio: false });
  const page = await openForm(`/?from=${id}`);
  await expect.poll(() => prompt(page).inputValue()).toBe("once more, please");
  expect(await page.getByRole("radio", { name: "1080p" }).isChecked()).toBe(true);
  expect(await page.getByRole("radio", { name: "Off" }).isChecked()).toBe(true);
  await expect.poll(() => new URL(page.url()).search).toBe("");
  await page.getByRole("link", { name: "Videos" }).click();
  const heading = page.getByRole("heading", { level: 1 });
  await expect.poll(() => heading.evaluate((h1) => h1 === document.activeElement)).toBe(true);
  await page.close();
});

test("on a small phone nothing is wider than the window; being offline is said, and being back", async () => {
  const page = await openForm("/", 320);
  expect(await sidewaysScroll(page)).toBe(0);
  await expectAccessible(page);
  await page.context().setOffline(true);
  await page.getByText("You are offline.").waitFor();
  await expectAccessible(page);
  await prompt(page).fill("while offline");
  await make(page).click();
  await page.getByText("The gateway could not be reached").waitFor();
  await page.context().setOffline(false);
  await page.getByText("You are offline.").waitFor({ state: "hidden" });
  const accepted = studio.emulator.accepted.length;
  await make(page).click();
  await finishNext(accepted);
  await panel(page).locator("video").waitFor();
  expect(studio.emulator.accepted.length).toBe(accepted + 1);
  await page.close();
});

test("the theme that was chosen holds after a reload", async () => {
  const page = await openForm();
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await background();
  await page.getByRole("radio", { name: "Dark" }).check();
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  await prompt(page).waitFor();
  expect(await background()).toBe(dark);
  expect(await page.getByRole("radio", { name: "Dark" }).isChecked()).toBe(true);
  await page.close();
});
