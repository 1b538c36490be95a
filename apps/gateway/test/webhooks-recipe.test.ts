import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createReelwireClient, type ReelwireClient } from "@reelwire/core/client";
import { WebhookVerificationError } from "@reelwire/core/webhooks";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { startTestGateway, type TestGateway } from "./test-gateway.ts";

const recipe = await readFile(new URL("../../../docs/webhooks.md", import.meta.url), "utf8");

/** The block of the document that has this text. */
function block(having: string): string {
  const blocks = [...recipe.matchAll(/```\w+\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  const found = blocks.find((text) => text.includes(having));
  if (found === undefined) throw new Error(`no block has ${having}`);
  return found;
}

const ended = new AsyncDisposableStack();
let directory: string;
let on: TestGateway;
let client: ReelwireClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "reelwire-recipe-"));
  ended.defer(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, "node_modules/@reelwire"), { recursive: true });
  const core = fileURLToPath(new URL("../../../packages/core", import.meta.url));
  await symlink(core, join(directory, "node_modules/@reelwire/core"));
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  on = ended.use(
    await startTestGateway({
      emulator: { clock: "real", durationMs: 100 },
      configuration: { allowPrivateAddresses: true },
    }),
  );
  client = createReelwireClient({ url: `${on.url}/graphql` });
  ended.defer(async () => client.close());
});
afterAll(() => ended.disposeAsync());

/** The module that a block of the document is. What it logs, it keeps as `said`. */
async function moduleOf(name: string, text = block(`// ${name}`)) {
  const file = join(directory, name.replaceAll("/", "-"));
  await writeFile(file, `${text}\nexport const said = [];\nconst console = { log: (...words) => said.push(words) };\n`);
  return import(pathToFileURL(file).href);
}

/** Makes a webhook at this address, as the document says, and a video that it is told of; gives the video's id. */
async function tell(url: string): Promise<string> {
  const { data, errors } = await on.graphql(
    block("mutation {\n  createWebhook").replace("https://example.com/webhooks/reelwire", url),
  );
  expect(errors).toBeUndefined();
  vi.stubEnv("WEBHOOK_SECRET", data.createWebhook.secret);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await client.deleteWebhook(data.createWebhook.webhook.id);
  });
  return (await client.createVideo({ prompt: "a paper boat", durationSeconds: 4 })).video.id;
}

/** What the first delivery about a video was answered. */
async function answered(videoId: string): Promise<number | null> {
  for (;;) {
    const [delivery] = await client.webhookDeliveries({ videoId });
    const [attempt] = delivery?.attempts ?? [];
    if (attempt !== undefined) return attempt.statusCode;
  }
}

const forged = { method: "POST", headers: { "content-type": "application/json" }, body: '{"type":"video.completed"}' };

describe("docs/webhooks.md, as it stands there", () => {
  test("plain Node: believes the gateway, and nobody else", async () => {
    // Its server is not exported: a program has no need to.
    const text = `${block("// receiver.js").replace("process.env.PORT ?? 3000", '0, "127.0.0.1"')}\nexport { server, seen };`;
    const { server, seen, said } = await moduleOf("receiver.js", text);
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    if (!server.listening) await once(server, "listening");
    const url = `http://127.0.0.1:${server.address().port}/`;
    const id = await tell(url);
    expect(await answered(id)).toBe(204);
    expect(said).toEqual([["video.completed", id, expect.stringContaining(`/files/${id}.mp4`)]]);
    expect((await fetch(url, forged)).status).toBe(400);
    expect(seen.size).toBe(1);
  });

  test("Fastify: believes the gateway, and nobody else, and leaves other routes their JSON", async () => {
    const { webhooks } = await moduleOf("fastify.js");
    const app = Fastify();
    onTestFinished(() => app.close());
    await app.register(webhooks);
    app.post("/other", async ({ body }) => body);
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    expect(await answered(await tell(`${url}/webhooks/reelwire`))).toBe(204);
    expect((await fetch(`${url}/webhooks/reelwire`, forged)).status).toBe(500);
    expect(await (await fetch(`${url}/other`, forged)).json()).toEqual({ type: "video.completed" });
  });

  test("a route of Next.js: believes the gateway, and nobody else", async () => {
    const { POST, said } = await moduleOf("app/webhooks/reelwire/route.js");
    const app = Fastify();
    onTestFinished(() => app.close());
    app.addContentTypeParser(
      "application/json",
      { parseAs: "string" },
      async (_request: unknown, body: string) => body,
    );
    app.post<{ Body: string }>("/", async (request, reply) => {
      const headers = new Headers(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const response: Response = await POST(
        new Request("http://app/", { method: "POST", headers, body: request.body }),
      );
      return reply.code(response.status).send();
    });
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    const id = await tell(url);
    expect(await answered(id)).toBe(204);
    expect(said).toEqual([["video.completed", id]]);
    await expect(POST(new Request("http://app/", forged))).rejects.toThrow(WebhookVerificationError);
  });
});

test("the payload that the document shows has fields of a payload, and says which are left out", async () => {
  const { data, ...rest } = JSON.parse(block('"payloadVersion"'));
  expect(rest).toEqual({ type: "video.completed", timestamp: expect.stringMatching(/Z$/), payloadVersion: 1 });
  const { video } = await client.createVideo({ prompt: "a paper boat", durationSeconds: 4 });
  for (const name of Object.keys(data)) expect(Object.keys(video)).toContain(name);
});
