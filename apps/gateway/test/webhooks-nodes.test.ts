import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createReelwireClient } from "@reelwire/core/client";
import { verifyWebhook } from "@reelwire/core/webhooks";
import { startEmulator } from "@reelwire/emulator";
import { runMain } from "@reelwire/gateway-for-tests";
import { expect, onTestFinished, test } from "vitest";
import { postgresUrl } from "./postgres-url.ts";
import { startWebhookReceiver } from "./webhook-receiver.ts";

const PUBLIC_URL = "https://video.example.com";

test.each([
  ["a worker that is not told it leaves webhooks to the nodes that answer them", null],
  ["a worker that is told it sends too", PUBLIC_URL],
])("what is sent has the address that clients have: %s", async (_, publicUrl) => {
  const files = await mkdtemp(join(tmpdir(), "reelwire-files-"));
  onTestFinished(() => rm(files, { recursive: true, force: true }));
  const emulator = await startEmulator({ clip: "cached", durationMs: 100 });
  onTestFinished(() => emulator.close());
  const receiver = await startWebhookReceiver();
  onTestFinished(() => receiver[Symbol.asyncDispose]());
  const start = async (variables: Record<string, string>) => {
    const node = await runMain(variables);
    onTestFinished(() => node[Symbol.asyncDispose]());
    return { ...node, url: await node.ready };
  };
  const variables = {
    DATABASE_URL: await postgresUrl(),
    AIMLAPI_API_KEY: emulator.apiKey,
    AIMLAPI_BASE_URL: emulator.url,
    REELWIRE_FILES_DIR: files,
    REELWIRE_ALLOW_PRIVATE_ADDRESSES: "true",
    REELWIRE_TYPICAL_GENERATION_SECONDS: "0.1",
    ...(publicUrl === null ? {} : { REELWIRE_PUBLIC_URL: publicUrl }),
  };
  const web = await start({ ...variables, REELWIRE_ROLE: "web" });
  const worker = await start({ ...variables, REELWIRE_ROLE: "worker" });
  expect(worker.out().includes("It leaves webhooks to the nodes that answer clients")).toBe(publicUrl === null);

  const client = createReelwireClient({ url: `${web.url}/graphql` });
  onTestFinished(() => client.close());
  const { secret } = await client.createWebhook({ url: `${receiver.url}/hook`, events: ["VIDEO_COMPLETED"] });
  const { video } = await client.createVideo({ prompt: "a paper boat", durationSeconds: 4 });
  if (publicUrl !== null) {
    // Nobody is left but the worker.
    web.child.kill("SIGKILL");
    await web.exited;
  }
  const { body, headers } = await receiver.nth("/hook");
  const address = publicUrl ?? web.url;
  expect(verifyWebhook(body, headers, secret).data).toMatchObject({
    id: video.id,
    url: expect.stringMatching(`^${address}/files/${video.id}`),
    studioUrl: `${address}/videos/${video.id}`,
  });
});
