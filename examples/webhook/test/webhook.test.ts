import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createReelwireClient } from "@reelwire/core/client";
import { startEmulator } from "@reelwire/emulator";
import { runMain } from "@reelwire/gateway-for-tests";
import { expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** The example, as somebody runs it. Ends when disposed of. */
class Example implements AsyncDisposable {
  out = "";
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(variables: Record<string, string>) {
    this.#child = spawn(process.execPath, [MAIN], { env: variables, stdio: ["ignore", "pipe", "inherit"] });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.out += text;
    });
    this.#ended = once(this.#child, "close");
  }

  /** The first group of a pattern, once what is written fits it. */
  async wrote(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.out);
      if (found !== null) return found[1] ?? found[0];
      if (this.#child.exitCode !== null) throw new Error(`It ended without writing ${pattern}: ${this.out}`);
      if (this.#child.stdout !== null) await Promise.race([once(this.#child.stdout, "data"), this.#ended]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#ended;
  }
}

test("says how videos end, once each, and believes nobody but the gateway; what ended while it was away it says later", async () => {
  await using ended = new AsyncDisposableStack();
  const emulator = ended.use(await startEmulator({ clip: "cached", durationMs: 200 }));
  const gateway = ended.use(
    await runMain({
      AIMLAPI_API_KEY: emulator.apiKey,
      AIMLAPI_BASE_URL: emulator.url,
      REELWIRE_TYPICAL_GENERATION_SECONDS: "0.2",
      REELWIRE_ALLOW_PRIVATE_ADDRESSES: "true",
    }),
  );
  const graphql = `${await gateway.ready}/graphql`;
  const reelwire = createReelwireClient({ url: graphql });
  ended.defer(async () => reelwire.close());
  const make = async (prompt: string) => (await reelwire.createVideo({ prompt, durationSeconds: 4 })).video.id;

  const first = new Example({ REELWIRE_URL: graphql, PORT: "0" });
  ended.use(first);
  const url = await first.wrote(/^Made webhook_\w+: (\S+) is told how videos end\.$/m);
  const completed = await make("a paper boat");
  await first.wrote(new RegExp(`^video\\.completed ${completed} http\\S+/files/${completed}\\.mp4`, "m"));
  const failed = await make("a paper boat [fault:generation-error]");
  await first.wrote(new RegExp(`^video\\.failed ${failed} \\S`, "m"));

  const forged = await fetch(url, { method: "POST", body: JSON.stringify({ type: "video.completed" }) });
  expect(forged.status).toBe(400);
  const [delivered] = await reelwire.webhookDeliveries({ videoId: completed });
  await reelwire.redeliverWebhook(String(delivered?.id));
  const later = await make("another paper boat");
  await first.wrote(new RegExp(`^video\\.completed ${later}`, "m"));
  expect(first.out.match(/^video\./gm)).toHaveLength(3);
  await first[Symbol.asyncDispose]();

  const missed = await make("a boat that nobody sees");
  for await (const _ of reelwire.watchVideo(missed));
  await using again = new Example({ REELWIRE_URL: graphql, PORT: new URL(url).port });
  await again.wrote(/^Found webhook_\w+/m);
  await again.wrote(new RegExp(`^video\\.completed ${missed}`, "m"));
});
