import { collectComplaints, startBrowser } from "@reelwire/browser-for-tests";
import { runMain } from "@reelwire/gateway-for-tests";
import { type Connection, createConnection, sendOperation } from "@reelwire/react";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible } from "./running-studio.ts";

const ended = new AsyncDisposableStack();
let url: string;
let browser: Browser;
let admin: Connection;

beforeAll(async () => {
  url = await ended.use(await runMain()).ready;
  browser = ended.use(await startBrowser());
});
afterAll(() => ended.disposeAsync());

async function makeKey(connection: Connection, scopes: readonly string[]): Promise<{ id: string; secret: string }> {
  const { createApiKey } = await sendOperation<
    { createApiKey: { secret: string; apiKey: { id: string } } },
    { input: { name: string; scopes: readonly string[] } }
  >(connection, "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id } } }", {
    input: { name: "studio", scopes },
  });
  return { id: createApiKey.apiKey.id, secret: createApiKey.secret };
}

const prompt = (page: Page) => page.getByRole("textbox", { name: "What should it show?" });
const credential = (page: Page) => page.getByLabel("API key or access token");
const signIn = (page: Page) => page.getByRole("button", { name: "Sign in" });

test("who is asked only later signs in, and finds what was written; a revoked key leads back", async () => {
  const page = await browser.newPage();
  await page.goto(url);
  await prompt(page).fill("written before anybody was asked");
  expect(await page.getByRole("button", { name: "Sign out" }).count()).toBe(0);

  // From the first key on, everybody is asked.
  const open = createConnection({ url: `${url}/graphql` });
  admin = createConnection({ url: `${url}/graphql`, token: (await makeKey(open, ["ADMIN"])).secret });
  const { id, secret } = await makeKey(admin, ["VIDEOS_CREATE", "VIDEOS_READ"]);
  await page.getByRole("radio", { name: "4 seconds" }).check();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByText("This gateway asks who you are.").waitFor();
  await expectAccessible(page);

  await credential(page).fill("rwk_wrong");
  await signIn(page).click();
  await page.getByText("The gateway does not take it.").waitFor();
  await expectAccessible(page);
  await credential(page).fill(secret);
  await signIn(page).click();
  await prompt(page).waitFor();
  expect(await prompt(page).inputValue()).toBe("written before anybody was asked");
  await page.getByText("$0.26", { exact: true }).waitFor();
  // Told by watching, with the same key.
  await page.getByRole("button", { name: "Make the video" }).click();
  await page.getByRole("listitem").filter({ hasText: "Submitted" }).getByRole("time").waitFor();

  await page.reload();
  await prompt(page).waitFor();
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(secret);

  await sendOperation(admin, "mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { id } } }", { id });
  await page.getByText("has ended, or was revoked").waitFor();
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain(secret);
  const { secret: next } = await makeKey(admin, ["VIDEOS_CREATE", "VIDEOS_READ"]);
  await credential(page).fill(next);
  await signIn(page).click();
  await prompt(page).waitFor();
  expect(await prompt(page).inputValue()).toBe("written before anybody was asked");
  await page.close();
});

test("an address that was asked for is shown after signing in; signing out forgets the key", async () => {
  const { secret } = await makeKey(admin, ["VIDEOS_CREATE", "VIDEOS_READ"]);
  const page = await browser.newPage();
  await page.goto(`${url}/usage`);
  await credential(page).fill(secret);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Usage" }).waitFor();
  const complaints = collectComplaints(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You have signed out.").waitFor();
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain(secret);
  await page.reload();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(complaints.filter((complaint) => !complaint.includes("401"))).toEqual([]);
  await page.close();
});

test("who may only look is told so when making a video", async () => {
  const { secret } = await makeKey(admin, ["VIDEOS_READ"]);
  const page = await browser.newPage();
  await page.goto(url);
  await credential(page).fill(secret);
  await signIn(page).click();
  await prompt(page).fill("not allowed");
  await page.getByRole("button", { name: "Make the video" }).click();
  await page.getByText("You may not make videos").waitFor();
  expect(await prompt(page).inputValue()).toBe("not allowed");
  await page.close();
});
