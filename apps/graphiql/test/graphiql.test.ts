import { collectComplaints, findAccessibilityProblems, startBrowser } from "@reelwire/browser-for-tests";
import { type RunningMain, runMain } from "@reelwire/gateway-for-tests";
import type { Browser, Page, WebSocket } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.close());

/** GraphiQL of a gateway, as somebody finds it who comes for the first time. */
async function openGraphiql(gateway: RunningMain, colorScheme: "light" | "dark" = "light") {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 800 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints = collectComplaints(page);
  const sockets: WebSocket[] = [];
  page.on("websocket", (socket) => sockets.push(socket));
  await page.goto(`${await gateway.ready}/graphiql`);
  await textOf(page, "Operation Editor", "mutation CreateVideo");
  return { page, complaints, sockets };
}

/** Waits until an editor has a text, and returns all that is seen of it. */
async function textOf(
  page: Page,
  editor: "Operation Editor" | "Variables" | "Response",
  text: string,
): Promise<string> {
  const selector = editor === "Response" ? ".graphiql-response" : `section[aria-label="${editor}"]`;
  const lines = page.locator(`${selector} .view-lines`).filter({ hasText: text, visible: true });
  await lines.waitFor();
  return (await lines.innerText()).replaceAll("\u00a0", " ");
}

/** Opens a tab, and waits until GraphiQL has read what is in it: it keeps that a moment later. */
async function openTab(page: Page, name: string): Promise<void> {
  await page.getByRole("tab", { name }).click();
  await page.waitForFunction((title) => {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem("graphiql:tabState") ?? '{ "tabs": [] }');
    return tabs[activeTabIndex]?.title === title;
  }, name);
}

const run = (page: Page) => page.getByRole("button", { name: /Execute query/ }).click();

/** Makes a video in the first tab, and begins to watch it in the second. */
async function makeAndWatch(page: Page): Promise<void> {
  await openTab(page, "CreateVideo");
  const answered = page.waitForResponse((response) => response.request().postData()?.includes("CreateVideo") ?? false);
  await run(page);
  const { id } = (await (await answered).json()).data.createVideo.video;
  await textOf(page, "Response", id);
  await openTab(page, "WatchVideo");
  await textOf(page, "Variables", id);
  await run(page);
}

describe("GraphiQL", () => {
  let gateway: RunningMain;
  beforeAll(async () => {
    gateway = await runMain();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test("makes a video in its first tab and watches it to its end in its second, with nothing from elsewhere", async () => {
    const { page, complaints, sockets } = await openGraphiql(gateway);
    const statuses: string[] = [];
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => {
        const [, status] = /"status":"(\w+)"/.exec(payload.toString()) ?? [];
        if (status !== undefined) statuses.push(status);
      }),
    );
    await makeAndWatch(page);
    expect(await textOf(page, "Response", "COMPLETED")).toMatch(/"url": "http/);
    expect(statuses.length).toBeGreaterThan(1);
    expect(statuses.at(-1)).toBe("COMPLETED");
    expect(sockets).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  test.each([
    ["ListVideos", "pageInfo"],
    ["QuoteVideo", "usd"],
    ["Usage", "usage"],
    ["Webhooks", "webhooks"],
  ])("has an example in the tab %s that runs as it is", async (name, field) => {
    const { page, complaints } = await openGraphiql(gateway);
    await openTab(page, name);
    await run(page);
    expect(await textOf(page, "Response", `"${field}"`)).not.toContain("errors");
    expect(complaints).toEqual([]);
  });

  test("puts the latest video where an earlier one stood, and nowhere else", async () => {
    const { page } = await openGraphiql(gateway);
    await makeAndWatch(page);
    await makeAndWatch(page);
    await openTab(page, "Usage");
    expect(await textOf(page, "Variables", "from")).not.toContain("video_");
  });

  test("finds its tabs again after a reload", async () => {
    const { page, complaints } = await openGraphiql(gateway);
    const names = () => page.getByRole("tab").allInnerTexts();
    const before = await names();
    await openTab(page, "Usage");
    await page.reload();
    await textOf(page, "Variables", "from");
    expect(await names()).toEqual(before);
    expect(complaints).toEqual([]);
  });

  test("is light or dark as the system is", async () => {
    const backgrounds: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await openGraphiql(gateway, colorScheme);
      backgrounds.push(
        await page.locator(".graphiql-container").evaluate((element) => getComputedStyle(element).backgroundColor),
      );
    }
    expect(backgrounds).toEqual(["rgb(255, 255, 255)", expect.not.stringContaining("255")]);
  });

  test("has no accessibility problem but those of GraphiQL itself", async () => {
    const { page } = await openGraphiql(gateway);
    const known = /^(?:nested-interactive|page-has-heading-one|color-contrast: .*dimmed-line-number)/;
    expect((await findAccessibilityProblems(page)).filter((problem) => !known.test(problem))).toEqual([]);
  });
});

describe("where callers are asked who they are", () => {
  let gateway: RunningMain;
  let keys: string[];
  beforeAll(async () => {
    gateway = await runMain();
    const first = await createKey(gateway, "first");
    keys = [first, await createKey(gateway, "second", first)];
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test("GraphiQL sends what is in its field, over HTTP and websockets, and another one as soon as there is one", async () => {
    const { page, complaints, sockets } = await openGraphiql(gateway);
    const sent: string[] = [];
    page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => sent.push(payload.toString())));
    await run(page);
    await textOf(page, "Response", "UNAUTHENTICATED");
    for (const key of keys) {
      const schema = page.waitForResponse((response) => response.status() === 200);
      await page.getByLabel("API key or token").fill(key);
      await page.keyboard.press("Enter");
      expect((await schema).request().headers()).toMatchObject({ authorization: `Bearer ${key}` });
      const told = page
        .waitForEvent("websocket")
        .then((socket) => socket.waitForEvent("framereceived", ({ payload }) => payload.includes("videoStatus")));
      await makeAndWatch(page);
      await told;
    }
    expect(sockets).toHaveLength(2);
    const opened = sent.flatMap((frame) => (frame.includes("connection_init") ? JSON.parse(frame).payload : []));
    expect(opened).toEqual(keys.map((key) => ({ authorization: `Bearer ${key}` })));
    expect(complaints.filter((complaint) => !complaint.includes("401 (Unauthorized)"))).toEqual([]);
    await expectNotKept(page);
  });

  test.each([
    ["ListVideos", "pageInfo", "over HTTP"],
    ["WatchVideo", "NOT_FOUND", "over a websocket"],
  ])("GraphiQL sends what the header editor of the tab %s has: it hears of %s %s", async (name, heard) => {
    const { page } = await openGraphiql(gateway);
    await openTab(page, name);
    await page.getByRole("button", { name: "Headers" }).click();
    await page.locator('section[aria-label="Headers"] .monaco-editor:visible').click();
    await page.keyboard.insertText(JSON.stringify({ Authorization: `Bearer ${keys[0]}` }));
    await run(page);
    await textOf(page, "Response", heard);
    await expectNotKept(page);
  });

  /** That no key is where another page of this origin, or whoever uses the browser next, would find it; operations are. */
  async function expectNotKept(page: Page): Promise<void> {
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    expect(kept).toContain("graphiql:queries");
    for (const key of keys) expect(kept).not.toContain(key);
  }
});

async function createKey(gateway: RunningMain, name: string, credential?: string): Promise<string> {
  const query = `mutation { createApiKey(input: { name: "${name}", scopes: [VIDEOS_CREATE, VIDEOS_READ, ADMIN] }) { secret } }`;
  const response = await fetch(`${await gateway.ready}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
    },
    body: JSON.stringify({ query }),
  });
  return (await response.json()).data.createApiKey.secret;
}
