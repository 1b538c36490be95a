import { fork } from "node:child_process";
import { once } from "node:events";
import { clientRequestId } from "@reelwire/core";
import { describe, expect, test } from "vitest";
import type { CarryStep } from "../../src/carry-context.ts";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { finished, make, startTestEngine } from "../test-engine.ts";

/** Where the process dies, and what becomes of the video it was carrying. */
const steps: Record<CarryStep, "COMPLETED" | "SUBMISSION_UNCONFIRMED"> = {
  claimed: "COMPLETED",
  // Saved as about to be sent, and not sent: nobody can know that it was not.
  submit_started_saved: "SUBMISSION_UNCONFIRMED",
  submit_answered: "COMPLETED",
  submit_outcome_saved: "COMPLETED",
  settled_saved: "COMPLETED",
  polled: "COMPLETED",
  poll_saved: "COMPLETED",
  archived: "COMPLETED",
};

describe("invariants 1 to 4: killed with SIGKILL between any two steps, nothing is lost and nothing paid twice", () => {
  test.each(Object.entries(steps))("at %s", async (step, expected) => {
    await using t = await startTestEngine({ timing: { generationTimeoutMs: 3_000, settleGraceMs: 0 } });
    await t.engine.close();
    if (step === "settled_saved") t.emulator.faults.next({ on: "create", fault: "lost-after-accepting", times: 3 });
    const child = fork(new URL("./engine.child.ts", import.meta.url), [
      t.dataDir,
      t.emulator.url,
      t.emulator.apiKey,
      step,
    ]);
    const died = once(child, "exit");
    const answered: string[] = [];
    await once(child, "message");
    child.on("message", (id: string) => answered.push(id));
    const keys = ["one", "two", "three"];
    child.send(keys);
    const [, signal] = await died;
    expect(signal).toBe("SIGKILL");

    await t.reopen();
    // Whoever had no answer asks again, with the same key.
    const videos = await Promise.all(keys.map((idempotencyKey) => make(t.engine, { idempotencyKey })));
    const ids = videos.map((video) => video.id);
    expect(answered.every((id) => ids.includes(id))).toBe(true);

    const outcomes = await Promise.all(ids.map((id) => finished(t.engine, id)));
    for (const { id, status, error, attempt } of outcomes) {
      const posts = t.emulator.accepted.filter((generation) => generation.clientRequestId?.startsWith(id));
      expect(posts.map((generation) => generation.clientRequestId)).toEqual(
        status === "COMPLETED" ? [clientRequestId(id, attempt)] : [],
      );
      if (status !== "COMPLETED") expect(error?.code).toBe("SUBMISSION_UNCONFIRMED");
    }
    expect(outcomes.map(({ status, error }) => error?.code ?? status)).toContain(expected);
    const completed = outcomes.filter(({ status }) => status === "COMPLETED");
    await t.emulator.until(() => t.emulator.charges.length >= completed.length);
    expect(t.emulator.charges.map((charge) => charge.generationId).sort()).toEqual(
      completed.map(({ generationId }) => generationId).sort(),
    );
    for (const { id } of completed) {
      const { key, signature } = t.engine.fileAddress(id);
      expect((await t.engine.openFile(key, signature)).size).toBeGreaterThan(10_000);
    }
    expect((await t.engine.videos(BUILT_IN_VIEWER, {}, { limit: 10 })).length).toBe(3);
  });
});
