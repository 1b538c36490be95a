import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { finished, history, make, startTestEngine, type TestEngine, until } from "../test-engine.ts";

let t: TestEngine;
beforeAll(async () => {
  t = await startTestEngine({ timing: { failedAttempts: 3 } });
});
afterAll(() => t[Symbol.asyncDispose]());

const posts = (id: string) =>
  t.emulator.requests.filter(
    ({ endpoint, clientRequestId }) => endpoint === "create" && clientRequestId?.startsWith(id),
  );
const accepted = (id: string) => t.emulator.accepted.filter(({ clientRequestId }) => clientRequestId?.startsWith(id));

describe("invariant 2: another POST only when the earlier one is known not to have been accepted", () => {
  test.each([
    ["rejected-key", "UPSTREAM_KEY_REJECTED", true],
    ["out-of-credits", "UPSTREAM_FORBIDDEN", true],
    ["invalid-body", "UPSTREAM_INPUT_REJECTED", false],
    ["invalid-body-other-shape", "UPSTREAM_INPUT_REJECTED", false],
  ] as const)("%s fails it at once as %s, and nothing is billed", async (fault, code, retryable) => {
    const { id } = await make(t.engine, { prompt: `a boat [fault:${fault}]` });
    expect(await finished(t.engine, id)).toMatchObject({ status: "FAILED", error: { code, retryable, billed: false } });
    expect(posts(id)).toHaveLength(1);
    expect(accepted(id)).toHaveLength(0);
  });

  test("a refused key shows in health until an answer accepts it", async () => {
    const { id } = await make(t.engine, { prompt: "a boat [fault:rejected-key]" });
    await finished(t.engine, id);
    expect((await t.engine.health()).upstream).toMatchObject({ usable: false, code: "KEY_REJECTED" });
    await finished(t.engine, (await make(t.engine)).id);
    expect((await t.engine.health()).upstream).toMatchObject({ usable: true, code: null });
  });

  test.each(["rate-limited", "rate-limited-retry-after"] as const)(
    "%s: it stays ACCEPTED, says why, and is sent again",
    async (fault) => {
      const faults = t.emulator.faults.next({
        on: "create",
        fault,
        times: 2,
        ...(fault === "rate-limited" ? {} : { value: 0.1 }),
      });
      const { id } = await make(t.engine);
      await until(t.engine, id, (video) => video.status === "ACCEPTED" && video.waitingReason === "RATE_LIMITED");
      expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED", attempt: 3, waitingReason: null });
      expect(faults.hits).toBe(2);
      expect(accepted(id)).toHaveLength(1);
    },
  );

  test.each(["internal-error", "bad-gateway", "unavailable", "gateway-timeout"] as const)(
    "%s before accepting: sent again only after the log says it failed",
    async (fault) => {
      t.emulator.faults.next({ on: "create", fault });
      const { id } = await make(t.engine);
      expect(await history(t.engine, id)).toEqual([
        ...["ACCEPTED", "SUBMITTING", "UNCONFIRMED"],
        ...["ACCEPTED", "SUBMITTING", "QUEUED", "GENERATING", "COMPLETED"],
      ]);
      expect(accepted(id)).toHaveLength(1);
      expect(posts(id).map(({ clientRequestId }) => clientRequestId)).toEqual([`${id}.1`, `${id}.2`]);
    },
  );

  test("an upstream that keeps failing before it accepts is given up", async () => {
    const { id } = await make(t.engine, { prompt: "a boat [fault:internal-error]" });
    expect(await finished(t.engine, id)).toMatchObject({
      status: "FAILED",
      error: { code: "UPSTREAM_UNAVAILABLE", retryable: true, billed: false },
    });
    expect(posts(id)).toHaveLength(3);
    expect(accepted(id)).toHaveLength(0);
  });

  test("what cannot be sent for too long is given up, and says so", async () => {
    await t.reopen({ timing: { submitWindowMs: 300, failedAttempts: 3 } });
    await t.emulator.goDown();
    const { id } = await make(t.engine);
    expect(await finished(t.engine, id)).toMatchObject({
      status: "FAILED",
      error: { code: "UPSTREAM_UNAVAILABLE", billed: false },
    });
    await t.emulator.comeUp();
    await t.reopen();
    expect(accepted(id)).toHaveLength(0);
  });
});

describe("invariant 3: an unknown outcome is settled from the request log", () => {
  test.each([
    ...["internal-error-after-accepting", "bad-gateway-after-accepting", "unavailable-after-accepting"],
    ...["gateway-timeout-after-accepting", "lost-after-accepting", "malformed-json"],
  ])("%s: found, carried on, and paid once", async (fault) => {
    const { id } = await make(t.engine, { prompt: `a boat [fault:${fault}]` });
    const video = await finished(t.engine, id);
    expect(video).toMatchObject({ status: "COMPLETED", attempt: 1, generationId: accepted(id)[0]?.id });
    expect(posts(id)).toHaveLength(1);
    await t.emulator.until(() => t.emulator.charges.some((charge) => charge.generationId === video.generationId));
    expect(t.emulator.charges.filter((charge) => charge.generationId === video.generationId)).toHaveLength(1);
  });

  test("a row that appears only after the generation has ended is still found", async () => {
    const { id } = await make(t.engine, {
      prompt: "a boat [fault:lost-after-accepting] [fault:late-log-row:finished]",
    });
    expect((await history(t.engine, id)).slice(0, 4)).toEqual(["ACCEPTED", "SUBMITTING", "UNCONFIRMED", "QUEUED"]);
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED", attempt: 1 });
  });

  test("a row that says failed, of a generation that was accepted: the video fails as that did, and is not sent again", async () => {
    const { id } = await make(t.engine, {
      prompt: "a boat [fault:lost-after-accepting] [fault:late-log-row:finished] [fault:generation-error]",
    });
    expect(await finished(t.engine, id)).toMatchObject({
      status: "FAILED",
      attempt: 1,
      generationId: accepted(id)[0]?.id,
      error: { code: "GENERATION_FAILED", billed: false },
    });
    expect(accepted(id)).toHaveLength(1);
  });

  test("a row that says failed is no evidence while its generation cannot be asked for", async () => {
    const unanswered = t.emulator.faults.next({ on: "status", fault: "unavailable", times: 2 });
    const { id } = await make(t.engine, {
      prompt: "another boat [fault:lost-after-accepting] [fault:late-log-row:finished] [fault:generation-error]",
    });
    expect(await finished(t.engine, id)).toMatchObject({ attempt: 1, error: { code: "GENERATION_FAILED" } });
    expect(unanswered.hits).toBe(2);
    expect(accepted(id)).toHaveLength(1);
  });

  test("many lost answers share the readings of the log", async () => {
    const before = t.emulator.requestCounts.logs;
    t.emulator.faults.next({ on: "create", fault: "lost-after-accepting", times: 20 });
    const videos = await Promise.all(Array.from({ length: 20 }, () => make(t.engine)));
    for (const { id } of videos) expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
    expect(t.emulator.requestCounts.logs - before).toBeLessThan(20);
  });

  test("a row that never comes ends it as SUBMISSION_UNCONFIRMED, never in a second POST", async () => {
    await t.reopen({ timing: { generationTimeoutMs: 200, settleGraceMs: 200 } });
    t.emulator.faults.next({ on: "create", fault: "lost-before-accepting" });
    const { id } = await make(t.engine);
    expect(await finished(t.engine, id)).toMatchObject({
      status: "FAILED",
      error: { code: "SUBMISSION_UNCONFIRMED", retryable: true, billed: null },
    });
    expect(posts(id)).toHaveLength(1);
    await t.reopen();
  });

  test("a log that cannot be read is no evidence: it is waited for past the deadline", async () => {
    await t.reopen({ timing: { generationTimeoutMs: 5_000, settleGraceMs: -4_900 } });
    const unreadable = t.emulator.faults.next({ on: "logs", fault: "unavailable", times: 6 });
    const { id } = await make(t.engine, { prompt: "a boat [fault:lost-after-accepting]" });
    await t.emulator.until(() => unreadable.hits >= 6);
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
    await t.reopen();
  });
});

describe("polling (assumptions A7 and A9: an odd answer, a few times, is no end)", () => {
  test.each([
    ["generation-error:content_policy:Refused.", "GENERATION_FAILED", false],
    ["not-found", "GENERATION_NOT_FOUND", null],
    ["completed-without-url", "RESULT_MISSING", true],
  ])("%s ends it as %s", async (fault, code, billed) => {
    const { id } = await make(t.engine, { prompt: `a boat [fault:${fault}]` });
    const { status, error } = await finished(t.engine, id);
    expect({ status, error }).toMatchObject({ status: "FAILED", error: { code, billed } });
    if (code === "GENERATION_FAILED") expect(error?.message).toBe("content_policy: Refused.");
  });

  test.each([
    "internal-error",
    "unavailable",
    "rate-limited",
    "lost-answer",
    "malformed-json",
    "rejected-key",
    "not-found",
  ] as const)("%s, a few times, loses nothing", async (fault) => {
    t.emulator.faults.next({ on: "status", fault, times: 3 });
    const { id } = await make(t.engine);
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED", attempt: 1 });
  });

  test("T6: an unknown status is looked past", async () => {
    t.emulator.faults.next({ on: "status", fault: "unknown-status", times: 5 });
    const { id } = await make(t.engine);
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
  });

  test("stuck for ever ends at the deadline, and says that it may still be charged", async () => {
    await t.reopen({ timing: { generationTimeoutMs: 500 } });
    const { id } = await make(t.engine, { prompt: "a boat [fault:stuck]" });
    expect(await finished(t.engine, id)).toMatchObject({
      status: "FAILED",
      error: { code: "GENERATION_TIMEOUT", billed: null },
    });
    await t.reopen();
  });

  test.each([
    ["nothing odd", null],
    ["not-found", "not-found"],
    ["completed-without-url", "completed-without-url"],
    ["unknown-status", "unknown-status"],
  ] as const)(
    "a generation that finished while nobody looked, past its deadline, is completed and not timed out, with %s at first",
    async (_, fault) => {
      const { id } = await make(t.engine);
      await until(t.engine, id, (video) => video.generationId !== null);
      const generation = accepted(id)[0];
      await t.engine.close();
      await t.emulator.until(() => generation?.status === "completed" || accepted(id)[0]?.status === "completed");
      const met = fault === null ? null : t.emulator.faults.next({ on: "status", fault });
      await t.reopen({ timing: { generationTimeoutMs: 1 } });
      expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
      expect(met?.hits ?? 1).toBe(1);
      await t.reopen();
    },
  );
});

describe("the archive (assumption A8)", () => {
  test.each(["internal-error", "broken-off-file", "not-an-mp4"] as const)(
    "%s, once: the video is completed all the same, and a request for its file makes the copy",
    async (fault) => {
      const { id } = await make(t.engine, { prompt: `a boat [fault:file/${fault}*1]` });
      expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
      const { key, signature } = t.engine.fileAddress(id);
      // The first try may be this request's own, sharing the failing copy.
      const file = await t.engine.openFile(key, signature).catch(() => t.engine.openFile(key, signature));
      expect(file.size).toBeGreaterThan(10_000);
    },
  );

  test("a file that has expired says FILE_UNAVAILABLE, and the video stays completed", async () => {
    const { id } = await make(t.engine, { prompt: "a boat [fault:expired-file]" });
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
    const { key, signature } = t.engine.fileAddress(id);
    await expect(t.engine.openFile(key, signature)).rejects.toMatchObject({ code: "FILE_UNAVAILABLE" });
    expect(await t.engine.video(BUILT_IN_VIEWER, id)).toMatchObject({ status: "COMPLETED", archivedAt: null });
  });
});
