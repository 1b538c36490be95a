/** Makes a video in a real n8n, and prints what happened: see README.md. */
import { setTimeout as delay } from "node:timers/promises";
import type { ReelwireClient, Webhook } from "@reelwire/core/client";
import { followExecution, LOOK_EVERY_MS } from "./follow-execution.ts";
import { mp4Boxes } from "./mp4-boxes.ts";
import type { Execution, NodeItem } from "./n8n-api.ts";
import { receiveFile } from "./receive-file.ts";
import { readOptions, startBoth } from "./start-both.ts";

const PROMPT = "A paper boat sails down a rainy street, close to the water, evening light";

const startedAt = performance.now();
const say = (line: string) =>
  process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}\n`);

const MEANS: Readonly<Record<string, string>> = {
  running: "running",
  waiting: "waiting: it sleeps, and no worker is held",
  success: "success",
};

function itemOf(execution: Execution, node: string): NodeItem {
  const item = execution.data?.resultData.runData[node]?.at(-1)?.data?.main[0]?.[0];
  if (item === undefined) {
    throw new Error(`"${node}" gave nothing: ${execution.data?.resultData.error?.message ?? execution.status}`);
  }
  return item;
}

/** n8n publishes on its own time. */
async function triggersWebhook(reelwire: ReelwireClient): Promise<Webhook> {
  for (;;) {
    const [webhook] = await reelwire.webhooks();
    if (webhook !== undefined) return webhook;
    await delay(LOOK_EVERY_MS);
  }
}

/** n8n answers 404 for as long as the workflow is not published. */
async function callWorkflow(url: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  for (;;) {
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    if (response.ok) return;
    if (response.status !== 404) throw new Error(`n8n answered ${response.status}: ${await response.text()}`);
    await delay(LOOK_EVERY_MS);
  }
}

async function makeVideo(): Promise<void> {
  await using started = new AsyncDisposableStack();
  const { n8nUrl, restartN8n, n8n, reelwire, publish } = await startBoth(started, say);
  const receiver = started.use(await receiveFile());
  const making = await publish("make-a-video.json");
  const telling = await publish("tell-when-finished.json");
  const { events } = await triggersWebhook(reelwire);
  say(`Both workflows are published, and the trigger has its webhook at Reelwire: ${events.join(", ")}.`);

  await callWorkflow(`${n8nUrl}/webhook/make-a-video`, { prompt: PROMPT, sendTo: receiver.url });
  say('"Make a Video" is called by its webhook.');
  const sayStatus = (status: string) => say(`  its execution: ${MEANS[status] ?? status}`);
  if (readOptions().restart) {
    await followExecution(n8n, making, sayStatus, ["waiting"]);
    await restartN8n();
    say("  n8n was ended and started again.");
  }
  const made = await followExecution(n8n, making, sayStatus);
  const { json, binary } = itemOf(made, "Create a Video");
  const { fileName, mimeType, fileSize } = binary?.data ?? {};
  say(`"Create a Video" gave ${json.id}, ${json.status}, and ${fileName}: ${mimeType}, ${fileSize}.`);

  for (const { url, event, attempts } of await reelwire.webhookDeliveries({ videoId: json.id })) {
    const answers = attempts.map(({ statusCode, errorCode }) => statusCode ?? errorCode).join(", then ");
    say(`  Reelwire sent ${event} to ${new URL(url).pathname.split("/")[1]}, answered ${answers}.`);
  }

  itemOf(made, "Hand the File On");
  const { bytes, contentType } = await receiver.file;
  say(`"Hand the File On" sent ${bytes.length} bytes of ${contentType}: an MP4 of ${mp4Boxes(bytes).join(", ")}.`);

  const told = await followExecution(n8n, telling, (status) => say(`"Tell When Finished": ${MEANS[status] ?? status}`));
  say(`"What Happened" gave "${itemOf(told, "What Happened").json.happened}".`);
}

await makeVideo();
say("n8n and Reelwire have ended, and nothing of them is left.");
