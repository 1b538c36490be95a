import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "@reelwire/emulator";
import { runMain } from "@reelwire/gateway-for-tests";
import { expect, onTestFinished, test } from "vitest";
import { CREATE_VIDEO, createTestClient, postGraphql } from "./test-gateway.ts";

/** Ten videos in each state that is not final, and ten whose file is being copied; how each is kept there, by its prompt. */
const states = {
  ACCEPTED: "[fault:create/rate-limited-retry-after:600*1]",
  SUBMITTING: "[fault:create/held-after-accepting*1]",
  UNCONFIRMED: "[fault:create/lost-after-accepting*1] [fault:late-log-row:finished]",
  QUEUED: "",
  GENERATING: "",
  COMPLETED: "[fault:file/held*1]",
};
type State = keyof typeof states;

test("invariants 1 to 3: killed with SIGKILL with ten videos in each state, and started again: all end, and each is charged once", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-kill-"));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const emulator = await startEmulator({
    clip: "cached",
    clock: "stepped",
    logDelayMs: 0,
    durationMs: (body) => (body.prompt.includes("COMPLETED") ? 1_000 : 60_000),
  });
  onTestFinished(() => emulator.close());
  const variables = {
    AIMLAPI_API_KEY: emulator.apiKey,
    AIMLAPI_BASE_URL: emulator.url,
    REELWIRE_DATA_DIR: dataDir,
    REELWIRE_LOG_LEVEL: "error",
    // A clock that is moved by hand takes no minute.
    REELWIRE_TYPICAL_GENERATION_SECONDS: "1",
  };
  const killed = await runMain(variables);
  onTestFinished(() => killed[Symbol.asyncDispose]());
  const url = await killed.ready;

  const ids: Record<State, string[]> = {
    ACCEPTED: [],
    SUBMITTING: [],
    UNCONFIRMED: [],
    QUEUED: [],
    GENERATING: [],
    COMPLETED: [],
  };
  const makeTen = async (state: State) => {
    for (let i = 0; i < 10; i += 1) {
      const prompt = `${state} ${i} ${state === "ACCEPTED" && i > 0 ? "" : states[state]}`;
      const { data } = await postGraphql(url, CREATE_VIDEO, { input: { prompt, durationSeconds: 4 } });
      ids[state].push(data.createVideo.video.id);
      if (state === "ACCEPTED" && i === 0) await allAre(url, ids[state], ["RATE_LIMITED"]);
    }
  };
  // In an order in which the stepped clock brings one group on and leaves the later ones where they are.
  for (const state of ["COMPLETED", "GENERATING"] as const) {
    await makeTen(state);
    await allAre(url, ids[state], ["QUEUED"]);
  }
  emulator.clock.advance(30_000);
  await allAre(url, ids.COMPLETED, ["COMPLETED"]);
  await allAre(url, ids.GENERATING, ["GENERATING"]);
  // A 429 holds up all that comes after it, so those come last; the first of them meets it.
  for (const state of ["UNCONFIRMED", "QUEUED", "SUBMITTING", "ACCEPTED"] as const) {
    await makeTen(state);
    await allAre(url, ids[state], [state === "ACCEPTED" ? "RATE_LIMITED" : state]);
  }

  killed.child.kill("SIGKILL");
  expect(await killed.exited).toMatchObject({ signal: "SIGKILL" });
  emulator.faults.release();
  // Not all files were asked for before: those are held now, and let go as soon as they are.
  const releasing = new AbortController();
  onTestFinished(() => releasing.abort());
  void (async () => {
    for await (const event of emulator.events({ signal: releasing.signal })) {
      if (event.type === "fault" && event.fault === "held") emulator.faults.release();
    }
  })().catch(() => {});
  // Twenty times as fast: slow enough that the log's times stay within the window that is asked for.
  emulator.clock.setSpeed(20);
  const again = await runMain(variables);
  onTestFinished(() => again[Symbol.asyncDispose]());
  const newUrl = await again.ready;
  const all = Object.values(ids).flat();
  await allAre(newUrl, all, ["COMPLETED"]);

  expect(all).toHaveLength(60);
  for (const id of all) {
    expect(emulator.accepted.filter((generation) => generation.clientRequestId?.startsWith(id))).toHaveLength(1);
  }
  await emulator.until(() => emulator.charges.length >= all.length);
  expect(new Set(emulator.charges.map((charge) => charge.generationId)).size).toBe(all.length);
  expect(emulator.charges).toHaveLength(all.length);
  for (const id of ids.COMPLETED.slice(0, 3)) {
    const { data } = await postGraphql(newUrl, "query ($id: ID!) { video(id: $id) { url } }", { id });
    const file = await fetch(data.video.url);
    expect(file.status).toBe(200);
    expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
  }
});

interface Watched {
  status: string;
  waitingReason: string | null;
}

/** Watches each video until it has one of these statuses or waiting reasons; fails when it ends otherwise. */
async function allAre(url: string, ids: readonly string[], statuses: readonly string[]): Promise<void> {
  const client = createTestClient(url);
  const query = "subscription ($id: ID!) { videoStatus(id: $id) { status waitingReason error { code message } } }";
  try {
    await Promise.all(
      ids.map(async (id) => {
        let last: unknown = null;
        for await (const { data } of client.iterate<{ videoStatus: Watched }>({
          query,
          variables: { id },
        })) {
          last = data?.videoStatus;
          const { status, waitingReason } = data?.videoStatus ?? { status: "", waitingReason: null };
          if (statuses.includes(status) || statuses.includes(waitingReason ?? "")) return;
        }
        throw new Error(`${id} ended as ${JSON.stringify(last)}, not as ${statuses.join(" or ")}`);
      }),
    );
  } finally {
    await client.dispose();
  }
}
