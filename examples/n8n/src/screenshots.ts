/** Makes `docs/pictures/n8n-*.png`: see README.md. What is seen is a real n8n, in which a video is made. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pngQuantizeSync } from "@napi-rs/image";
import { startBrowser } from "@reelwire/browser-for-tests";
import { type Page, selectors } from "playwright-core";
import { OWNER } from "./n8n-api.ts";
import { receiveFile } from "./receive-file.ts";
import { type Both, startBoth } from "./start-both.ts";

const PROMPT = "A paper boat sails down a rainy street, close to the water, evening light";
const DIRECTORY = join(import.meta.dirname, "../../../docs/pictures");
const MOST_BYTES = 150_000;

async function save(page: Page, name: string): Promise<void> {
  const png = pngQuantizeSync(await page.screenshot(), { minQuality: 0, maxQuality: 100, speed: 1 });
  if (png.length > MOST_BYTES) throw new Error(`${name}.png has ${png.length} bytes.`);
  await writeFile(join(DIRECTORY, `${name}.png`), png);
}

async function signIn(page: Page, n8nUrl: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await page.goto(`${n8nUrl}/signin`);
  await page.locator("input[name=emailOrLdapLoginId]").fill(OWNER.email);
  await page.locator("input[type=password]").fill(OWNER.password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/signin"));
}

const node = (page: Page, name: string) => page.getByTestId("canvas-node").filter({ hasText: name });

async function openWorkflow(page: Page, n8nUrl: string, id: string, firstNode: string): Promise<void> {
  await page.goto(`${n8nUrl}/workflow/${id}`);
  await node(page, firstNode).waitFor();
  // Advice for those who have just published a workflow, over the first node.
  await page.getByTestId("suggested-actions-close").click();
  await page.getByTestId("suggested-actions-close").waitFor({ state: "hidden" });
}

async function closeNotification(page: Page): Promise<void> {
  await page.locator(".el-notification__closeBtn").click();
  await page.locator(".el-notification").waitFor({ state: "detached" });
  await page.mouse.move(0, 0);
}

async function makeVideo(page: Page, { n8nUrl, publish }: Both): Promise<void> {
  await using receiver = await receiveFile();
  await openWorkflow(page, n8nUrl, await publish("make-a-video.json"), "When Called");
  await page.getByTestId("execute-workflow-button").click();
  await page.getByText("Waiting for trigger event").first().waitFor();
  await fetch(`${n8nUrl}/webhook-test/make-a-video`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt: PROMPT, sendTo: receiver.url }),
  });
  await receiver.file;
  await page.getByText("Workflow executed successfully").waitFor();
  await closeNotification(page);
  await page.getByTestId("execute-workflow-button").filter({ hasText: "Execute workflow" }).waitFor();
  await page.getByTestId("edge-label").filter({ hasText: "1 item" }).nth(2).waitFor();
  await save(page, "n8n-workflow");

  await node(page, "Create a Video").dblclick();
  const output = page.getByTestId("output-panel");
  await output.getByTestId("radio-button-schema").click();
  await page.waitForFunction(
    `document.querySelector('[data-test-id="parameter-input-model"] input').value === "Default"`,
  );
  await output.getByText("studioUrl").waitFor();
  await save(page, "n8n-create");

  await output.getByTestId("radio-button-binary").click();
  await output.getByRole("button", { name: "View" }).click();
  await page.waitForFunction(`document.querySelector("video")?.readyState === HTMLMediaElement.HAVE_ENOUGH_DATA`);
  await save(page, "n8n-file");

  await page.getByTestId("credential-edit-button").click();
  await page.getByText("Connection tested successfully").waitFor();
  await page.getByRole("button", { name: "Retry", disabled: false }).waitFor();
  await page.locator("button[aria-busy=true]").waitFor({ state: "hidden" });
  await save(page, "n8n-connection");
}

async function beTold(page: Page, { n8nUrl, publish, reelwire }: Both): Promise<void> {
  await openWorkflow(page, n8nUrl, await publish("tell-when-finished.json"), "When a Video Is Finished");
  await node(page, "When a Video Is Finished").dblclick();
  await page.getByTestId("node-execute-button").click();
  await page.getByText("Stop Listening").first().waitFor();
  await reelwire.createVideo({ prompt: PROMPT, externalId: "order-1042" });
  await page.getByTestId("output-panel").getByText("studioUrl").waitFor();
  await page.getByText("Node executed successfully").waitFor();
  await closeNotification(page);
  // A hint about pinning, over the output.
  await page.getByText("You can pin this output").first().waitFor({ state: "hidden" });
  await save(page, "n8n-trigger");
}

selectors.setTestIdAttribute("data-test-id");
await using started = new AsyncDisposableStack();
const both = await startBoth(started, (line) => process.stdout.write(`${line}\n`));
const browser = started.use(await startBrowser());
const page = await browser.newPage({ viewport: { width: 1440, height: 860 } });
await signIn(page, both.n8nUrl);
await makeVideo(page, both);
await beTold(page, both);
