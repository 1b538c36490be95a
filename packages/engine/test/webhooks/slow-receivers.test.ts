import type { ServerResponse } from "node:http";
import { expect, test, vi } from "vitest";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { make, startTestEngine } from "../test-engine.ts";
import { deliveriesOnce } from "./deliveries.ts";
import { startReceiver } from "./receiver.ts";

const input = { events: ["video.finished"] };

test("a receiver that hangs holds up no other: so many are under way to it, and no more until one has ended", async () => {
  const held: ServerResponse[] = [];
  const hanging = await startReceiver((response) => held.push(response));
  const quick = await startReceiver();
  await using t = await startTestEngine({ allowPrivateAddresses: true });
  // Of one video, twenty to one host.
  const { webhooks } = t.engine;
  for (let index = 0; index < 20; index++) {
    await webhooks.create(BUILT_IN_VIEWER, { ...input, url: `${hanging.url}${index}` });
  }
  await make(t.engine);
  await hanging.until(16);
  await webhooks.create(BUILT_IN_VIEWER, { ...input, url: quick.url });
  const { id } = await make(t.engine, { callbackUrl: `${quick.url}callback` });
  await quick.until(2);
  expect(quick.received.map(({ payload }) => payload.data.id)).toEqual([id, id]);
  expect(hanging.received).toHaveLength(16);
  for (const response of held.splice(0)) response.end();
  // The rest of the first video's, and those of the second, as many at a time.
  await hanging.until(32);
  for (const response of held.splice(0)) response.end();
  await hanging.until(40);
  for (const response of held.splice(0)) response.end();
  const all = await deliveriesOnce(t.engine, (some) => some.every(({ status }) => status === "DELIVERED"));
  expect(all).toHaveLength(42);
});

test("a project whose receivers all hang leaves room for those of others", async () => {
  const held: ServerResponse[] = [];
  const receivers = await Promise.all(
    Array.from({ length: 4 }, () => startReceiver((response) => held.push(response))),
  );
  const quick = await startReceiver();
  await using t = await startTestEngine({ allowPrivateAddresses: true });
  const { webhooks } = t.engine;
  for (const { url } of receivers) {
    for (let index = 0; index < 16; index++)
      await webhooks.create(BUILT_IN_VIEWER, { ...input, url: `${url}${index}` });
  }
  await make(t.engine);
  const arrived = () => receivers.reduce((sum, { received }) => sum + received.length, 0);
  await vi.waitFor(() => expect(arrived()).toBe(32), { timeout: 30_000, interval: 20 });
  await make(t.engine, { callbackUrl: quick.url }, { project: "another", subject: null, keyId: null });
  await quick.until(1);
  expect(arrived()).toBe(32);
  for (const response of held) response.destroy();
});
