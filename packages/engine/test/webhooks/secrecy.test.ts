import { expect, test } from "vitest";
import { BUILT_IN_VIEWER, type Logger } from "../../src/index.ts";
import { make, startTestEngine } from "../test-engine.ts";
import { deliveriesOnce } from "./deliveries.ts";
import { answering, startReceiver } from "./receiver.ts";

test("nothing secret is logged: no secret, no path or query of an address, no body", async () => {
  const lines: string[] = [];
  const write = (fields: object, message: string) =>
    void lines.push(
      `${message} ${JSON.stringify(fields, (_, value) => (value instanceof Error ? `${value.stack}` : value))}`,
    );
  const log: Logger = { debug: write, info: write, warn: write, error: write };
  const receiver = await startReceiver(answering(500, 410));
  await using t = await startTestEngine({
    allowPrivateAddresses: true,
    log,
    // Fails once on our side.
    describeVideo: (() => {
      let isFirst = true;
      return async (video) => {
        if (isFirst) {
          isFirst = false;
          throw new Error("not now");
        }
        return { id: video.id, prompt: video.request.prompt };
      };
    })(),
  });
  const url = `${receiver.url}private-path?token=private-query`;
  const { webhook, secret } = await t.engine.webhooks.create(BUILT_IN_VIEWER, { url, events: ["video.finished"] });
  const { secret: projects } = await t.engine.webhooks.rotateSecret(BUILT_IN_VIEWER, null);
  await make(t.engine, { prompt: "a private prompt", callbackUrl: `${url}&callback` });
  await deliveriesOnce(
    t.engine,
    (all) => all.length === 2 && all.every(({ status, attempts }) => status !== "PENDING" && attempts.length > 0),
  );
  const { secret: rotated } = await t.engine.webhooks.rotateSecret(BUILT_IN_VIEWER, webhook.id);
  await t.engine.webhooks.delete(BUILT_IN_VIEWER, webhook.id);
  const text = lines.join("\n");
  expect(text).toContain("delivery tried");
  expect(text).toContain("delivering failed");
  expect(text).toContain(new URL(receiver.url).host);
  const hidden = [secret, projects, rotated, "whsec_", "private-path", "private-query", "a private prompt", "answer 1"];
  for (const each of hidden) expect(text).not.toContain(each);
});
