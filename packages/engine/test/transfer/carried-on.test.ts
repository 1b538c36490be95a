import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { verifyWebhook } from "@reelwire/core/webhooks";
import { expect, test } from "vitest";
import { BUILT_IN_VIEWER, copyFiles, type Engine, exportDatabase, importDatabase } from "../../src/index.ts";
import { startS3Server } from "../archive/s3-server.ts";
import { temporaryDirectory } from "../archive/temporary-directory.ts";
import { postgresUrl } from "../database/postgres-url.ts";
import { finished, history, make, startTestEngine, until } from "../test-engine.ts";
import { images, inPieces } from "../uploads/images.ts";
import { deliveryOnce } from "../webhooks/deliveries.ts";
import { startReceiver } from "../webhooks/receiver.ts";

/** An engine on which files have been copied `count` times once `archived` resolves. */
async function archiving(count: number) {
  const archived = Promise.withResolvers<void>();
  let left = count;
  const t = await startTestEngine({
    onStep(step) {
      if (step === "archived") left -= 1;
      if (left === 0) archived.resolve();
    },
  });
  return { t, archived: archived.promise };
}

/** The bytes at a video's address, which are a stream. */
async function fileOf(engine: Engine, id: string): Promise<Buffer> {
  const { key, signature } = engine.fileAddress(id);
  const opened = await (await engine.openFile(key, signature)).open();
  if (opened?.kind !== "stream") throw new Error("no stream");
  return await buffer(opened.stream);
}

test("invariants 1, 2 and 5: videos under way are carried on after the move, and none is paid for twice; addresses stay", async () => {
  await using t = await startTestEngine({}, { clock: "stepped" });
  const { emulator, dataDir } = t;
  const generating = await make(t.engine, { idempotencyKey: "first" });
  const { generationId } = await until(t.engine, generating.id, (video) => video.generationId !== null);
  await emulator.goDown();
  const unsent = await make(t.engine);
  await until(t.engine, unsent.id, (video) => video.waitingReason === "UPSTREAM_UNREACHABLE");
  const canceled = await make(t.engine, { externalId: "canceled" });
  await t.engine.cancelVideo(BUILT_IN_VIEWER, canceled.id);
  const address = t.engine.fileAddress(generating.id);
  await t.engine.close();

  const databaseUrl = await postgresUrl();
  expect(await importDatabase({ dataDir, databaseUrl }, exportDatabase({ dataDir }))).toEqual({
    videos: 3,
    unfinished: 2,
    files: 0,
  });
  await emulator.comeUp();
  await t.reopen({ databaseUrl });
  expect(t.engine.fileAddress(generating.id)).toEqual(address);
  expect((await make(t.engine, { idempotencyKey: "first" })).id).toBe(generating.id);
  await until(t.engine, unsent.id, (video) => video.generationId !== null);
  emulator.clock.advance(1_000);

  expect(await finished(t.engine, generating.id)).toMatchObject({ status: "COMPLETED", generationId, attempt: 1 });
  expect(await finished(t.engine, unsent.id)).toMatchObject({ status: "COMPLETED" });
  expect(await finished(t.engine, canceled.id)).toMatchObject({ status: "CANCELED", externalId: "canceled" });
  expect((await history(t.engine, generating.id)).slice(0, 3)).toEqual(["ACCEPTED", "SUBMITTING", "QUEUED"]);
  const posts = emulator.accepted.map(({ clientRequestId }) => clientRequestId?.slice(0, generating.id.length));
  expect(posts.sort()).toEqual([generating.id, unsent.id].sort());
  expect((await fileOf(t.engine, generating.id)).length).toBeGreaterThan(10_000);
});

test("invariant 12: what is still to be told is told after the move, once, and signed as before", async () => {
  const receiver = await startReceiver();
  await using t = await startTestEngine({ allowPrivateAddresses: true, delivers: false });
  const { webhook, secret } = await t.engine.webhooks.create(BUILT_IN_VIEWER, {
    url: receiver.url,
    events: ["video.finished"],
  });
  const ended = await make(t.engine);
  await finished(t.engine, ended.id);
  await t.engine.close();

  const { dataDir } = t;
  const databaseUrl = await postgresUrl();
  await importDatabase({ dataDir, databaseUrl }, exportDatabase({ dataDir }));
  await t.reopen({ databaseUrl, delivers: true });
  const [post] = await receiver.until(1);
  expect(verifyWebhook(post?.body ?? "", post?.headers ?? {}, secret).data.id).toBe(ended.id);
  expect(await t.engine.webhooks.list(BUILT_IN_VIEWER)).toEqual([webhook]);
  await deliveryOnce(t.engine, ({ status }) => status === "DELIVERED");
  expect(receiver.received).toHaveLength(1);
});

test("finished files are copied to another directory, once, and served from there", async () => {
  const { t: started, archived } = await archiving(3);
  await using t = started;
  await using elsewhere = await temporaryDirectory();
  const { id } = await make(t.engine);
  const { id: gone } = await make(t.engine);
  await make(t.engine);
  await archived;
  const bytes = await fileOf(t.engine, id);
  await t.engine.close();

  const into = { dataDir: t.dataDir, databaseUrl: await postgresUrl() };
  expect(await importDatabase(into, exportDatabase({ dataDir: t.dataDir }))).toMatchObject({ videos: 3, files: 3 });
  const files = { kind: "disk", directory: elsewhere.path } as const;
  const from = join(t.dataDir, "files");
  await rm(join(from, `${gone}.mp4`));
  const told: [number, number][] = [];
  const onProgress = (done: number, of: number) => told.push([done, of]);
  expect(await copyFiles({ ...into, files, from, onProgress })).toEqual({ copied: 2, present: 0, missing: 1 });
  expect(told).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  expect(await copyFiles({ ...into, files, from })).toEqual({ copied: 0, present: 2, missing: 1 });
  expect((await readFile(join(elsewhere.path, `${id}.mp4`))).equals(bytes)).toBe(true);

  await rm(from, { recursive: true });
  await t.emulator.goDown();
  await t.reopen({ ...into, files });
  expect((await fileOf(t.engine, id)).equals(bytes)).toBe(true);
});

test("finished files and uploaded images are copied into a bucket", async () => {
  const { t: started, archived } = await archiving(1);
  await using t = started;
  await using server = await startS3Server();
  const png = await images.png();
  const upload = await t.engine.upload(BUILT_IN_VIEWER, inPieces(png));
  const imageUrl = `http://127.0.0.1/${upload.path}`;
  const { id } = await make(t.engine, { imageUrl });
  await archived;
  const bytes = await fileOf(t.engine, id);
  await t.engine.close();

  const into = { dataDir: t.dataDir, databaseUrl: await postgresUrl() };
  expect(await importDatabase(into, exportDatabase({ dataDir: t.dataDir }))).toMatchObject({ videos: 1, files: 2 });
  const files = { kind: "s3", ...server.options } as const;
  const from = join(t.dataDir, "files");
  expect(await copyFiles({ ...into, files, from })).toEqual({ copied: 2, present: 0, missing: 0 });
  expect(await copyFiles({ ...into, files, from })).toEqual({ copied: 0, present: 2, missing: 0 });

  await t.reopen({ ...into, files });
  const { key, signature } = t.engine.fileAddress(id);
  const opened = await (await t.engine.openFile(key, signature)).open();
  if (opened?.kind !== "redirect") throw new Error("no redirect");
  expect(Buffer.from(await (await fetch(opened.url)).arrayBuffer()).equals(bytes)).toBe(true);
  // Its address is as good as it was.
  await finished(t.engine, (await make(t.engine, { imageUrl })).id);
  expect(t.emulator.accepted.at(-1)?.body.image_url).toBe(`data:image/png;base64,${png.toString("base64")}`);
});

test("a directory of files that cannot be read is an error, and nothing is said to be copied", async () => {
  const { t: started, archived } = await archiving(1);
  await using t = started;
  await using elsewhere = await temporaryDirectory();
  const { id } = await make(t.engine);
  await archived;
  await t.engine.close();
  const files = { kind: "disk", directory: elsewhere.path } as const;
  const notADirectory = join(t.dataDir, "files", `${id}.mp4`);
  await expect(copyFiles({ dataDir: t.dataDir, files, from: notADirectory })).rejects.toMatchObject({
    name: "ArchiveError",
  });
});
