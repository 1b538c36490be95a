// Writes TRANSCRIPT.md anew with `npx -y pnpm@12 exec vitest run transcript -u`.

import { expect, test } from "vitest";
import { startRunning } from "./running-gateway.ts";

/** What differs from one run to the next, each by a name. */
const VARIABLE: readonly [pattern: RegExp, name: string][] = [
  [/video_[0-9a-z]{26}/g, "video_01…"],
  [/delivery_[0-9a-z]{26}/g, "delivery_01…"],
  [/signature=[\w-]+/g, "signature=…"],
  [/"generationId": "[^"]+"/g, '"generationId": "…"'],
  [/"(\w+At|timestamp)": "[^"]+"/g, '"$1": "2026-…Z"'],
  [/"fraction": 0\.\d+/g, '"fraction": 0'],
  [/"version": \d+/g, '"version": …'],
  [/generations\/[^"]+/g, "generations/….mp4"],
  [/"webhook-timestamp": "\d+"/g, '"webhook-timestamp": "…"'],
  [/"v1,[^"]+"/g, '"v1,…"'],
  [/zapier-[0-9a-f]{40}/g, "zapier-…"],
];

test("Create Video from perform to the file", async () => {
  await using running = await startRunning();
  const { zapier, url, emulator, finish } = running;

  // What it costs is known from the beginning then.
  await running.asAdmin('{ quoteVideo(input: { prompt: "A paper boat" }) { usd } }');
  const prompt = "A paper boat sails down a rainy street";
  const inputData = { prompt, durationSeconds: 4, resolution: "P720", externalId: "order-1042" };
  const run = { inputData, callbackUrl: zapier.address("/hooks/callback/123/abcdef01/") };
  const started = await zapier.run("creates.createVideo.operation.perform", run);
  const outputData = Object(started.results);
  await finish(prompt);
  const { headers, body } = await zapier.received("/hooks/callback/123/abcdef01/");
  const call = JSON.parse(body);
  const resume = { inputData, outputData, cleanedRequest: call };
  const resumed = await zapier.run("creates.createVideo.operation.performResume", resume);
  const { file, url: fileUrl } = Object(resumed.results);
  const stored = await zapier.hydrate(file);
  const fetched = new Uint8Array(await (await fetch(fileUrl)).arrayBuffer());
  expect(stored.bytes).toEqual(fetched);
  expect(emulator.charges).toHaveLength(1);

  const signed = ["webhook-id", "webhook-timestamp", "webhook-signature", "content-type"] as const;
  const told = [
    "# Create Video, from perform to the file",
    "Written by [test/transcript.test.ts](test/transcript.test.ts): the app in Zapier's own runtime, a gateway as it is deployed, and over real sockets what stands in for Zapier's addresses and storage. What differs from run to run is left out: …",
    "## 1. `creates.createVideo.operation.perform`",
    json({ inputData, callback_url: run.callbackUrl }),
    `comes to \`${started.status}\`, and the run sleeps:`,
    json(started.results),
    "## 2. The gateway calls, once the video is finished",
    json({
      method: "POST",
      url: run.callbackUrl,
      headers: Object.fromEntries(signed.map((name) => [name, headers[name]])),
    }),
    json(call),
    "## 3. `creates.createVideo.operation.performResume`",
    `asks the gateway again for \`${outputData.id}\`, and comes to \`${resumed.status}\`:`,
    json(resumed.results),
    "## 4. `hydrators.videoFile`, when a later step takes the file",
    json({ inputData: { id: outputData.id } }),
    "comes to an address in Zapier's storage, where there are now the same bytes as at the video's `url`:",
    json({ result: stored.url, name: stored.name, type: stored.type }),
  ].join("\n\n");
  const replaced = [
    [url, "https://video.example.com"],
    [zapier.address(""), "https://zapier.example.com"],
    [emulator.url, "https://cdn.example.com"],
  ].reduce((text, [from = "", to = ""]) => text.replaceAll(from, to), told);
  const page = VARIABLE.reduce((text, [pattern, name]) => text.replace(pattern, name), replaced);
  await expect(`${page}\n`).toMatchFileSnapshot("../TRANSCRIPT.md");
});

const json = (value: unknown) => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
