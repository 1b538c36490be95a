import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "@reelwire/emulator";
import { type RunningMain, runMain } from "@reelwire/gateway-for-tests";
import { describe, expect, onTestFinished, test } from "vitest";
import { postgresUrl } from "./postgres-url.ts";
import { CREATE_VIDEO, createTestClient, postGraphql, VIDEO_STATUS } from "./test-gateway.ts";

/** A database, an upstream and a directory of files, and how to start nodes on them. */
async function setUp() {
  const files = await mkdtemp(join(tmpdir(), "reelwire-files-"));
  onTestFinished(() => rm(files, { recursive: true, force: true }));
  const emulator = await startEmulator({ clip: "cached", durationMs: 500, logDelayMs: 0 });
  onTestFinished(() => emulator.close());
  const variables = {
    DATABASE_URL: await postgresUrl(),
    AIMLAPI_API_KEY: emulator.apiKey,
    AIMLAPI_BASE_URL: emulator.url,
    REELWIRE_FILES_DIR: files,
    REELWIRE_LOG_LEVEL: "error",
  };
  const start = async (more: Record<string, string> = {}): Promise<RunningMain> => {
    const node = await runMain({ ...variables, ...more });
    onTestFinished(() => node[Symbol.asyncDispose]());
    return node;
  };
  return { emulator, variables, start };
}

async function watch(url: string, id: string): Promise<{ status: string; version: number; url: string | null }[]> {
  const client = createTestClient(url);
  const seen = [];
  for await (const { data } of client.iterate<{
    videoStatus: { status: string; version: number; url: string | null };
  }>({ query: VIDEO_STATUS, variables: { id } })) {
    if (data != null && data.videoStatus.version !== seen.at(-1)?.version) seen.push(data.videoStatus);
  }
  await client.dispose();
  return seen;
}

describe("many nodes", () => {
  test("start at once on an empty database, and tell of each other's videos; any of them has the file", async () => {
    const { emulator, start } = await setUp();
    const nodes = await Promise.all([start(), start(), start()]);
    const urls = await Promise.all(nodes.map((node) => node.ready));
    const [first = "", second = "", third = ""] = urls;
    const input = { prompt: "a paper boat", durationSeconds: 4, idempotencyKey: "order-1042" };
    const answers = await Promise.all(urls.map((url) => postGraphql(url, CREATE_VIDEO, { input })));
    const ids = new Set(answers.map(({ data }) => data.createVideo.video.id));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ data }) => data.createVideo.reused)).toHaveLength(2);
    const [id = ""] = ids;
    for (const seen of await Promise.all(urls.map((url) => watch(url, id)))) {
      const versions = seen.map(({ version }) => version);
      expect(versions).toEqual(versions.map((_, index) => (versions[0] ?? 0) + index));
      expect(seen.at(-1)?.status).toBe("COMPLETED");
    }
    expect(emulator.accepted).toHaveLength(1);

    const fileAt = async (url: string) => {
      const { data } = await postGraphql(url, "query ($id: ID!) { video(id: $id) { url } }", { id });
      const { pathname, search, origin } = new URL(data.video.url);
      expect(origin).toBe(url);
      return { address: pathname + search, status: (await fetch(data.video.url)).status };
    };
    const file = await fileAt(first);
    expect(file.status).toBe(200);
    expect(await fileAt(second)).toEqual(file);
    expect(await fileAt(third)).toEqual(file);
  });

  test("web accepts and tells, worker carries; a web node says when no node carries", async () => {
    const { start } = await setUp();
    const web = await (await start({ REELWIRE_ROLE: "web" })).ready;
    const { data } = await postGraphql(web, CREATE_VIDEO, { input: { prompt: "a boat", durationSeconds: 4 } });
    const readyz = async (url: string) => (await fetch(`${url}/readyz`)).json();
    expect(await readyz(web)).toMatchObject({
      ready: true,
      nodes: { live: 1, carrying: 0 },
      notes: [expect.stringContaining("REELWIRE_ROLE=worker")],
    });
    const seen = watch(web, data.createVideo.video.id);
    const worker = await start({ REELWIRE_ROLE: "worker" });
    const workerUrl = await worker.ready;
    expect((await seen).at(-1)?.status).toBe("COMPLETED");
    expect(await readyz(workerUrl)).toMatchObject({ ready: true, nodes: { live: 2, carrying: 1 }, notes: [] });
    expect((await fetch(`${workerUrl}/graphql?query={__typename}`)).status).toBe(404);
    expect(worker.out()).toContain("REELWIRE_ROLE=worker");
  });

  test("with files of its own, or another upstream, a second node does not start, and says why in one line", async () => {
    const { start } = await setUp();
    await (await start()).ready;
    const elsewhere = await mkdtemp(join(tmpdir(), "reelwire-files-"));
    onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
    const otherFiles = await start({ REELWIRE_FILES_DIR: elsewhere });
    expect(await otherFiles.exited).toEqual({ code: 1, signal: null });
    expect(otherFiles.err()).toMatch(/^reelwire: Another node [^\n]+ REELWIRE_FILES_DIR [^\n]+\n$/);
    const otherUpstream = await start({ AIMLAPI_BASE_URL: "http://127.0.0.1:9" });
    expect(await otherUpstream.exited).toEqual({ code: 1, signal: null });
    expect(otherUpstream.err()).toMatch(/^reelwire: Another node [^\n]+ AIMLAPI_BASE_URL [^\n]+\n$/);
  });
});

test.each([
  ["a closed port", (url: string) => url.replace(/:\d+\//, ":1/"), /cannot be reached \(connect ECONNREFUSED/],
  ["a database that is not there", (url: string) => `${url}_x`, /refuses: database "[^"]+" does not exist/],
])("%s stops the start in one line without the password", async (_what, spoil, reason) => {
  const url = new URL(spoil(await postgresUrl()));
  url.password = "secret-word";
  await using main = await runMain({ DATABASE_URL: url.href, REELWIRE_LOG_LEVEL: "error" });
  expect(await main.exited).toEqual({ code: 1, signal: null });
  expect(main.err()).toMatch(/^reelwire: PostgreSQL at [^\n]+\n$/);
  expect(main.err()).toMatch(reason);
  expect(main.out() + main.err()).not.toContain("secret-word");
});
