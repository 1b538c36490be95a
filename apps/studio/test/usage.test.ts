import { readFile } from "node:fs/promises";
import { collectComplaints } from "@reelwire/browser-for-tests";
import { listUsage } from "@reelwire/react";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addDays, dayOf } from "../src/format/day.ts";
import { expectAccessible, type RunningStudio, sidewaysScroll, startStudio } from "./running-studio.ts";

const ended = new AsyncDisposableStack();
let studio: RunningStudio;

beforeAll(async () => {
  studio = ended.use(await startStudio());
});
afterAll(() => ended.disposeAsync());

async function openUsage(search = "", width = 1280): Promise<Page> {
  const page = await studio.browser.newPage({ viewport: { width, height: 800 } });
  await page.goto(`${studio.url}/usage${search}`);
  return page;
}

const total = (page: Page, name: string) =>
  page
    .locator(".usage-total")
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator("dd")
    .first();

test("where nothing was made, that is said", async () => {
  const page = await openUsage();
  await page.getByRole("heading", { name: "Nothing was made in these days" }).waitFor();
  expect(await page.getByRole("button", { name: "Download CSV" }).isDisabled()).toBe(true);
  await expectAccessible(page);
  await page.close();
});

test("chart, tables, totals and CSV say the same as the API", async () => {
  await studio.makeToEnd("one that is finished", { resolution: "P1080" });
  await studio.make("one that is under way");

  const page = await openUsage("?days=7");
  const complaints = collectComplaints(page);
  await page.locator(".recharts-bar-rectangle path").first().waitFor();
  const today = dayOf(Date.now());
  const [from, to] = [`${addDays(today, -6)}T00:00:00Z`, `${addDays(today, 1)}T00:00:00Z`];
  const rows = await listUsage(studio.connection, { from, to, groupBy: ["DAY", "MODEL"] });
  expect(rows).toMatchObject([{ videos: 2, completed: 1, spentUsd: 0.416, heldUsd: 0.26 }]);

  expect(await total(page, "Spent").textContent()).toBe("$0.416");
  expect(await total(page, "Held").textContent()).toBe("$0.26");
  expect(await total(page, "Videos").textContent()).toBe("2");
  const days = page.getByRole("table", { name: "Usage by day" }).getByRole("row");
  expect(await days.count()).toBe(1 + 7);
  expect(await days.nth(1).getByRole("cell").allTextContents()).toEqual(["2", "1", "4 s", "$0.416", "$0.26"]);
  expect(await days.nth(2).getByRole("cell").allTextContents()).toEqual(["0", "0", "–", "$0.00", "$0.00"]);
  await page.getByRole("table", { name: "Usage by model" }).getByText("google/veo-3.1-lite-generate-001").waitFor();

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  expect((await download).suggestedFilename()).toBe(`reelwire-usage-${addDays(today, -6)}-to-${today}.csv`);
  expect(await readFile(await (await download).path(), "utf8")).toBe(
    "day,model,videos,completed,seconds,spent_usd,held_usd\r\n" +
      `${today},google/veo-3.1-lite-generate-001,2,1,4,0.416,0.26\r\n`,
  );
  await expectAccessible(page);
  expect(complaints).toEqual([]);
  await page.close();
});

test("the chart is read by the keyboard, and shows videos too", async () => {
  const page = await openUsage("?days=7");
  await page.locator(".recharts-bar-rectangle path").first().waitFor();
  const chart = page.locator(".recharts-surface").first();
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  for (let day = 0; day < 6; day++) await page.keyboard.press("ArrowRight");
  await page.locator(".usage-told").getByText("Spent $0.416").waitFor();
  await page.getByLabel("Videos", { exact: true }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("list", { name: "Legend" }).getByText("Not finished").waitFor();
  await expectAccessible(page);
  await page.close();
});

test("the days that are looked at stand in the address", async () => {
  const page = await openUsage();
  await page.locator(".recharts-bar-rectangle path").first().waitFor();
  await page.getByRole("button", { name: "Show all 30 days" }).click();
  expect(await page.getByRole("table", { name: "Usage by day" }).getByRole("row").count()).toBe(1 + 30);
  await page.getByLabel("The last 90 days").check();
  await page.waitForURL("**/usage?days=90");
  await page.getByLabel("Days of your choice").check();
  await page.waitForURL("**/usage?from=*&to=*");
  await page.getByLabel("From").fill("2026-01-05");
  await page.waitForURL("**/usage?from=2026-01-05&to=*");
  await page.getByLabel("to", { exact: true }).fill("2026-01-01");
  await page.waitForURL("**/usage?from=2026-01-01&to=2026-01-01");
  await page.getByRole("heading", { name: "Nothing was made in these days" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Nothing was made in these days" }).waitFor();
  expect(await page.getByLabel("From").inputValue()).toBe("2026-01-01");
  await page.goBack();
  await page.goBack();
  await page.goBack();
  await page.waitForURL("**/usage?days=90");
  await page.locator(".recharts-bar-rectangle path").first().waitFor();
  await page.close();
});

test("what does not load can be tried again, and is asked for again once online", async () => {
  const page = await studio.browser.newPage();
  await page.route("**/graphql", (route) => route.abort());
  await page.goto(`${studio.url}/usage`);
  await page.getByRole("alert").getByText("The usage did not load").waitFor();
  await expectAccessible(page);
  await page.unroute("**/graphql");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".recharts-bar-rectangle path").first().waitFor();

  await page.context().setOffline(true);
  await page.getByText("You are offline.").waitFor();
  await studio.make("made in the meantime");
  await page.context().setOffline(false);
  await total(page, "Videos").getByText("3", { exact: true }).waitFor();
  await page.close();
});

test.each([320, 390])("nothing is cut off or wider than a window of %i pixels", async (width) => {
  await studio.make("one for a phone");
  const today = dayOf(Date.now());
  const page = await openUsage(`?from=${addDays(today, -365)}&to=${today}`, width);
  await page.locator(".recharts-bar-rectangle path").first().waitFor();
  expect(await sidewaysScroll(page)).toBe(0);
  await expectAccessible(page);
  await page.close();
});
