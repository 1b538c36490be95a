import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { BUILT_IN_VIEWER, type Upload } from "../../src/index.ts";
import { startS3Server } from "../archive/s3-server.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { finished, make, startTestEngine, type TestEngine } from "../test-engine.ts";
import { images, inPieces } from "../uploads/images.ts";

const png = await images.png();
const jpg = await images.jpg();
const PUBLIC_URL = "https://video.example.com";

const asData = (type: string, bytes: Buffer) => `data:${type};base64,${bytes.toString("base64")}`;
const addressOf = ({ path }: Upload) => `${PUBLIC_URL}/${path}`;
const uploadOn = async ({ engine }: TestEngine, bytes: Buffer) =>
  addressOf(await engine.upload(BUILT_IN_VIEWER, inPieces(bytes)));

describe.each(DATABASE_KINDS)("on %s", (kind) => {
  test("a video is made from uploaded images: exactly these bytes are sent upstream, and the video keeps their addresses", async () => {
    await using t = await startTestEngine({}, {}, kind);
    const images = { imageUrl: await uploadOn(t, png), lastImageUrl: await uploadOn(t, jpg) };
    const { id } = await make(t.engine, { ...images, idempotencyKey: "one" });
    const video = await finished(t.engine, id);
    expect(video).toMatchObject({ status: "COMPLETED", request: images });
    expect(await t.engine.request(BUILT_IN_VIEWER, video)).toMatchObject(images);
    const { image_url, last_image_url } = t.emulator.accepted[0]?.body ?? {};
    expect(image_url).toBe(asData("image/png", png));
    expect(last_image_url).toBe(asData("image/jpeg", jpg));

    // Invariant 4: the same input is the same address.
    expect((await make(t.engine, { ...images, idempotencyKey: "one" })).id).toBe(id);
    const again = { ...images, imageUrl: await uploadOn(t, png), idempotencyKey: "one" };
    await expect(make(t.engine, again)).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    // Another video can be made from the same.
    expect(await finished(t.engine, (await make(t.engine, images)).id)).toMatchObject({ status: "COMPLETED" });
  });

  test("a video that is refused uses nothing: neither is made, nor is it kept", async () => {
    await using t = await startTestEngine({ publicUrl: () => PUBLIC_URL, timing: { uploadKeptMs: 0 } }, {}, kind);
    const expired = await uploadOn(t, png);
    const forged = expired.replace(/.$/, "!");
    for (const imageUrl of [expired, forged]) {
      await expect(make(t.engine, { imageUrl })).rejects.toMatchObject({
        code: "BAD_INPUT",
        message: "imageUrl: There is no such upload of yours, or it has expired. Upload the image again.",
      });
    }
    expect(await t.engine.videos(BUILT_IN_VIEWER, {}, { limit: 10 })).toEqual([]);
  });
});

test("an engine deletes what has expired by itself, and nothing that is used", async () => {
  await using t = await startTestEngine({ timing: { uploadSweepMs: 20 } });
  const used = await uploadOn(t, png);
  await finished(t.engine, (await make(t.engine, { imageUrl: used })).id);
  const deleted = Promise.withResolvers<object>();
  const info = (fields: object, message: string) => {
    if (message === "expired uploads were deleted") deleted.resolve(fields);
  };
  const log = { debug() {}, info, warn() {}, error() {} };
  await t.reopen({ log, timing: { uploadSweepMs: 20, uploadKeptMs: 100 } });
  await uploadOn(t, jpg);
  expect(await deleted.promise).toEqual({ deleted: 1 });
  const uploads = (await readdir(join(t.dataDir, "files"))).filter((name) => name.startsWith("upload_"));
  expect(uploads).toEqual([expect.stringMatching(/^upload_\w+\.png$/)]);
});

describe("a video whose image cannot be read when it is to be sent", () => {
  /** An engine that accepted a video from an image, and sent nothing yet. */
  async function accepted(options: Parameters<typeof startTestEngine>[0] = {}) {
    const t = await startTestEngine({ ...options, carries: false });
    const { id } = await make(t.engine, { imageUrl: await uploadOn(t, png) });
    await t.engine.close();
    return { t, id };
  }

  test("waits while the files are away, and is made when they are back", async () => {
    await using server = await startS3Server();
    const { t: started, id } = await accepted({ files: { kind: "s3", ...server.options } });
    await using t = started;
    const asked = Promise.withResolvers<void>();
    let isAway = true;
    server.answer = (request, response, serve) => {
      if (!isAway || !request.url?.includes("/upload_")) return serve();
      asked.resolve();
      response.writeHead(503, { connection: "close" }).end();
    };
    await t.reopen({ carries: true, files: { kind: "s3", ...server.options } });
    await asked.promise;
    expect(await t.engine.video(BUILT_IN_VIEWER, id)).toMatchObject({ status: "ACCEPTED", attempt: 0 });
    isAway = false;
    expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED", attempt: 1 });
    expect(t.emulator.accepted).toHaveLength(1);
  });

  test.each([
    ["when it is gone for good", {}, async () => {}],
    ["when it could not be read for as long as a video may wait", { submitWindowMs: 0 }, (path: string) => mkdir(path)],
  ])("fails %s, and costs nothing", async (_what, timing, putInItsPlace) => {
    const { t: started, id } = await accepted();
    await using t = started;
    const files = join(t.dataDir, "files");
    const image = join(files, (await readdir(files)).find((name) => name.startsWith("upload_")) ?? "");
    await rm(image);
    await putInItsPlace(image);
    await t.reopen({ carries: true, timing });
    expect(await finished(t.engine, id)).toMatchObject({
      status: "FAILED",
      attempt: 0,
      error: { code: "IMAGE_UNAVAILABLE", retryable: false, billed: false },
    });
    expect(t.emulator.accepted).toEqual([]);
  });
});
