import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMain } from "@reelwire/gateway-for-tests";
import { expect, onTestFinished, test } from "vitest";
import { CREATE_VIDEO, createTestClient, postGraphql } from "./test-gateway.ts";

const WATCH = "subscription ($id: ID!) { videoStatus(id: $id) { status url error { code message } } }";

interface Watched {
  videoStatus: { status: string; url: string | null; error: { code: string } | null };
}

/** Watches a video until `reached` says so or it ends, and tells how it is then. */
async function watchUntil(url: string, id: string, reached: (status: string) => boolean) {
  const client = createTestClient(url);
  let last: Watched["videoStatus"] | undefined;
  try {
    for await (const { data } of client.iterate<Watched>({ query: WATCH, variables: { id } })) {
      last = data?.videoStatus;
      if (last && reached(last.status)) break;
    }
  } finally {
    await client.dispose();
  }
  return last;
}

test("with the built-in emulator, videos that were under way at kill -9 are completed after the next start, and their files play", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-built-in-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const variables = { REELWIRE_DATA_DIR: dataDir, REELWIRE_LOG_LEVEL: "error" };
  const killed = await runMain(variables);
  onTestFinished(() => killed[Symbol.asyncDispose]());
  const url = await killed.ready;
  expect((await postGraphql(url, "{ models { isEmulated } }")).data.models).toEqual([{ isEmulated: true }]);
  const ids: string[] = [];
  for (const prompt of ["a paper boat", "a paper kite", "[fault:create/lost-after-accepting*1] a paper crane"]) {
    const { data } = await postGraphql(url, CREATE_VIDEO, { input: { prompt, durationSeconds: 4 } });
    ids.push(data.createVideo.video.id);
  }
  const [first = "", second = ""] = ids;
  for (const id of [first, second]) {
    expect(await watchUntil(url, id, (status) => status === "QUEUED")).toMatchObject({ status: "QUEUED" });
  }
  killed.child.kill("SIGKILL");
  expect(await killed.exited).toMatchObject({ signal: "SIGKILL" });

  const again = await runMain(variables);
  onTestFinished(() => again[Symbol.asyncDispose]());
  const newUrl = await again.ready;
  for (const id of ids) {
    const ended = await watchUntil(newUrl, id, () => false);
    expect(ended).toMatchObject({ status: "COMPLETED", error: null });
    const file = await fetch(ended?.url ?? "");
    expect(file.status).toBe(200);
    expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
  }
});

test("a second gateway on the same data directory, both with the built-in emulator, says in one line that it is in use", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-built-in-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  await using first = await runMain({ REELWIRE_DATA_DIR: dataDir });
  await first.ready;
  await using second = await runMain({ REELWIRE_DATA_DIR: dataDir });
  expect(await second.exited).toEqual({ code: 1, signal: null });
  expect(second.err()).toMatch(/^reelwire: The data directory [^\n]+ is already in use\.[^\n]+\n$/);
  expect(second.err()).toContain(dataDir);
});
