import { ApiError } from "@reelwire/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { finished, history, make, startTestEngine, type TestEngine, until } from "../test-engine.ts";

let t: TestEngine;
beforeAll(async () => {
  t = await startTestEngine();
});
afterAll(() => t[Symbol.asyncDispose]());

describe("one video", () => {
  test("goes from accepted to completed, and its file can be read", async () => {
    const { id } = await make(t.engine);
    expect(await history(t.engine, id)).toEqual(["ACCEPTED", "SUBMITTING", "QUEUED", "GENERATING", "COMPLETED"]);
    const video = await finished(t.engine, id);
    expect(video).toMatchObject({ attempt: 1, error: null, chargedUsd: video.estimatedUsd });
    const { key, signature } = t.engine.fileAddress(id);
    const file = await t.engine.openFile(key, signature);
    const opened = await file.open();
    if (opened?.kind !== "stream") throw new Error("no stream");
    let bytes = 0;
    for await (const chunk of opened.stream) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(file.size);
    expect(file.size).toBeGreaterThan(10_000);
  });

  test("a wrong signature, an unknown video and one without a file are all NOT_FOUND", async () => {
    const { id } = await make(t.engine);
    await finished(t.engine, id);
    const { key, signature } = t.engine.fileAddress(id);
    const wrong = `${signature.slice(0, -2)}${signature.endsWith("AA") ? "BB" : "AA"}`;
    const canceled = await make(t.engine, { prompt: "a boat [fault:stuck]" });
    await t.engine.cancelVideo(BUILT_IN_VIEWER, canceled.id);
    const unfinished = t.engine.fileAddress(canceled.id);
    const unknown = t.engine.fileAddress("video_00000000000000000000000000");
    for (const [name, given] of [
      [key, wrong],
      [key, ""],
      ["../secret.mp4", signature],
      [unknown.key, unknown.signature],
      [unfinished.key, unfinished.signature],
    ] as const) {
      await expect(t.engine.openFile(name, given)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });
});

describe("invariant 1: a video exists durably before anything is sent upstream", () => {
  test("createVideo answers while the upstream is down, and the video is made once it is up", async () => {
    await t.emulator.goDown();
    const { id } = await make(t.engine);
    const waiting = await until(t.engine, id, (video) => video.waitingReason === "UPSTREAM_UNREACHABLE");
    expect(waiting.status).toBe("ACCEPTED");
    await t.emulator.comeUp();
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
    expect(t.emulator.accepted.filter((generation) => generation.clientRequestId?.startsWith(id))).toHaveLength(1);
  });

  test("by the time the POST arrives, the video is stored with the number of its attempt", async () => {
    const held = t.emulator.faults.next({ on: "create", fault: "held" });
    const { id } = await make(t.engine);
    await held.hit;
    expect(await t.engine.video(BUILT_IN_VIEWER, id)).toMatchObject({ status: "SUBMITTING", attempt: 1, version: 2 });
    held.release();
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
  });
});

describe("invariant 4: idempotency keys", () => {
  test("the same key with the same input returns the same video, however many ask at once", async () => {
    const created = await Promise.all(Array.from({ length: 8 }, () => make(t.engine, { idempotencyKey: "eight" })));
    const ids = new Set(created.map((video) => video.id));
    expect(ids.size).toBe(1);
    const [id = ""] = ids;
    await finished(t.engine, id);
    expect(t.emulator.accepted.filter((generation) => generation.clientRequestId?.startsWith(id))).toHaveLength(1);
    expect((await make(t.engine, { idempotencyKey: "eight" })).id).toBe(id);
  });

  test("a default written out is the same input; anything else is a conflict", async () => {
    const { id } = await make(t.engine, { idempotencyKey: "defaults" });
    expect(
      (await make(t.engine, { idempotencyKey: "defaults", resolution: "P720", model: "veo-3.1-lite-generate-001" })).id,
    ).toBe(id);
    for (const other of [{ prompt: "another" }, { resolution: "P1080" as const }, { externalId: "x" }]) {
      await expect(make(t.engine, { idempotencyKey: "defaults", ...other })).rejects.toMatchObject({
        code: "IDEMPOTENCY_CONFLICT",
      });
    }
    await t.engine.cancelVideo(BUILT_IN_VIEWER, id).catch((error: unknown) => expect(error).toBeInstanceOf(ApiError));
  });

  test("an external id is unique, and finds its video", async () => {
    const { id } = await make(t.engine, { externalId: "order-1" });
    await expect(make(t.engine, { externalId: "order-1", prompt: "another" })).rejects.toMatchObject({
      code: "EXTERNAL_ID_TAKEN",
    });
    const found = await t.engine.videos(BUILT_IN_VIEWER, { externalId: "order-1" }, { limit: 10 });
    expect(found.map((video) => video.id)).toEqual([id]);
  });

  test("keys and external ids of one subject are nothing to another", async () => {
    const ada = { ...BUILT_IN_VIEWER, subject: "ada" };
    const bob = { ...BUILT_IN_VIEWER, subject: "bob" };
    const first = await make(t.engine, { idempotencyKey: "shared", externalId: "shared" }, ada);
    const second = await make(t.engine, { idempotencyKey: "shared", externalId: "shared", prompt: "another" }, bob);
    expect(first.id).not.toBe(second.id);
  });
});

describe("canceling", () => {
  test("before the POST nothing is sent and nothing can be charged", async () => {
    await t.emulator.goDown();
    const { id } = await make(t.engine);
    await until(t.engine, id, (video) => video.waitingReason !== null);
    expect(await t.engine.cancelVideo(BUILT_IN_VIEWER, id)).toMatchObject({
      video: { status: "CANCELED" },
      upstreamMayStillCharge: false,
    });
    await t.emulator.comeUp();
    const { id: next } = await make(t.engine);
    await finished(t.engine, next);
    expect(t.emulator.accepted.some((generation) => generation.clientRequestId?.startsWith(id))).toBe(false);
  });

  test("after it we stop looking, say that it may be charged, and say the same again", async () => {
    const { id } = await make(t.engine, { prompt: "a boat [fault:stuck]" });
    const { generationId } = await until(t.engine, id, (video) => video.status === "GENERATING");
    const canceled = await t.engine.cancelVideo(BUILT_IN_VIEWER, id);
    expect(canceled).toMatchObject({ video: { status: "CANCELED" }, upstreamMayStillCharge: true });
    expect(await t.engine.cancelVideo(BUILT_IN_VIEWER, id)).toMatchObject({
      video: { version: canceled.video.version },
      upstreamMayStillCharge: true,
    });
    // Another video's whole life passes, and nobody looks at the canceled one meanwhile.
    const looks = () => t.emulator.requests.filter((request) => request.generationId === generationId).length;
    const { id: other } = await make(t.engine);
    await until(t.engine, other, (video) => video.status === "QUEUED");
    const before = looks();
    await finished(t.engine, other);
    expect(looks()).toBe(before);
  });

  test("while the POST is under way it ends canceled, whatever the answer", async () => {
    const held = t.emulator.faults.next({ on: "create", fault: "held" });
    const { id } = await make(t.engine);
    await held.hit;
    expect(await t.engine.cancelVideo(BUILT_IN_VIEWER, id)).toMatchObject({ upstreamMayStillCharge: true });
    const answered = t.emulator.waitFor(
      (event) => event.type === "answered" && event.request.clientRequestId?.startsWith(id) === true,
    );
    held.release();
    await answered;
    // Another video's whole life: by its end the answer has long been dealt with.
    await finished(t.engine, (await make(t.engine)).id);
    expect(await t.engine.video(BUILT_IN_VIEWER, id)).toMatchObject({ status: "CANCELED", version: 3 });
  });

  test("a finished one says VIDEO_ALREADY_FINISHED, an unknown one NOT_FOUND", async () => {
    const { id } = await make(t.engine);
    await finished(t.engine, id);
    await expect(t.engine.cancelVideo(BUILT_IN_VIEWER, id)).rejects.toMatchObject({ code: "VIDEO_ALREADY_FINISHED" });
    await expect(t.engine.cancelVideo(BUILT_IN_VIEWER, "nonsense")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
