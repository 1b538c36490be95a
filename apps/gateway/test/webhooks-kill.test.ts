import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createReelwireClient } from "@reelwire/core/client";
import { verifyWebhook } from "@reelwire/core/webhooks";
import { startEmulator } from "@reelwire/emulator";
import { runMain } from "@reelwire/gateway-for-tests";
import { expect, test } from "vitest";
import { answering, startWebhookReceiver } from "./webhook-receiver.ts";

test("a delivery survives kill -9 while it is under way: the next process sends it again, as the same delivery", async () => {
  await using ended = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-webhooks-"));
  ended.defer(() => rm(dataDir, { recursive: true, force: true }));
  const emulator = ended.use(await startEmulator({ clip: "cached", durationMs: 100 }));
  const receiver = ended.use(await startWebhookReceiver());
  const variables = {
    AIMLAPI_API_KEY: emulator.apiKey,
    AIMLAPI_BASE_URL: emulator.url,
    REELWIRE_DATA_DIR: dataDir,
    REELWIRE_TYPICAL_GENERATION_SECONDS: "0.1",
    REELWIRE_ALLOW_PRIVATE_ADDRESSES: "true",
    REELWIRE_PUBLIC_URL: "https://video.example.com",
  };

  const killed = ended.use(await runMain(variables));
  const before = createReelwireClient({ url: `${await killed.ready}/graphql` });
  const created = await before.createWebhook({ url: `${receiver.url}/hook`, events: ["VIDEO_COMPLETED"] });
  const callbackSecret = await before.rotateWebhookSecret(null);
  // Nobody answers.
  receiver.answer = () => {};
  const callbackUrl = `${receiver.url}/callback`;
  const { video } = await before.createVideo({ prompt: "a paper boat", durationSeconds: 4, callbackUrl });
  const first = await Promise.all([receiver.nth("/hook"), receiver.nth("/callback")]);
  before.close();
  killed.child.kill("SIGKILL");
  expect(await killed.exited).toMatchObject({ signal: "SIGKILL" });

  receiver.answer = answering(204);
  const next = ended.use(await runMain(variables));
  const after = createReelwireClient({ url: `${await next.ready}/graphql` });
  ended.defer(async () => after.close());
  const again = await Promise.all([receiver.nth("/hook", 2), receiver.nth("/callback", 2)]);
  for (const [nth, { secret }] of [created, callbackSecret].entries()) {
    const { id, body, headers } = again[nth] ?? {};
    expect([id, body]).toEqual([first[nth]?.id, first[nth]?.body]);
    expect(verifyWebhook(body ?? "", headers ?? {}, secret)).toMatchObject({
      type: "video.completed",
      data: { id: video.id, url: expect.stringMatching(/^https:\/\/video\.example\.com\/files\//) },
    });
  }
  expect(await after.webhook(created.webhook.id)).toMatchObject({ disabledAt: null });
});
