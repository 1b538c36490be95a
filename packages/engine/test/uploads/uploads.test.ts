import { randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { MAX_IMAGE_BYTES } from "@reelwire/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Archive, OpenedFile } from "../../src/archive/archive.ts";
import { ArchiveError } from "../../src/archive/archive-error.ts";
import { uploadKey } from "../../src/uploads/upload-rows.ts";
import type { Viewer } from "../../src/viewer.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { type SharedDatabase, sharedDatabase } from "../stored-video.ts";
import { CONTENT_TYPES, images, inPieces } from "./images.ts";
import { addressOf, emptyArchive, requestWith, uploadsOn } from "./uploads-node.ts";

/** Somebody in a project of their own. */
const somebody = (subject: string | null = null, project: string = randomUUID()): Viewer => ({
  project,
  subject,
  keyId: null,
});

const png = await images.png();

const NOT_THERE = {
  code: "BAD_INPUT",
  issues: [
    { path: ["imageUrl"], message: "There is no such upload of yours, or it has expired. Upload the image again." },
  ],
};

describe.each(DATABASE_KINDS)("in %s", (database) => {
  let shared: SharedDatabase;
  beforeAll(async () => {
    shared = await sharedDatabase(database);
  }, 60_000);
  afterAll(() => shared.close());

  const rowsOf = ({ project }: Viewer) =>
    shared.db.kysely.selectFrom("uploads").selectAll().where("project", "=", project).execute();

  describe.each(["disk", "s3"] as const)("with files on %s", (kind) => {
    test.each(["png", "jpg", "webp"] as const)("a %s is stored, shown, used and handed over", async (extension) => {
      const { uploads, keep, sweep } = uploadsOn(shared.db, await emptyArchive(kind));
      const viewer = somebody("ada");
      const image = await images[extension]();
      const before = Date.now();
      const upload = await uploads.receive(viewer, inPieces(image));
      const contentType = CONTENT_TYPES[extension];
      const told = { contentType, width: 1280, height: 720, bytes: image.length };
      expect(upload).toMatchObject({ ...told, id: expect.stringMatching(/^upload_[0-9a-z]{26}$/) });
      expect(Math.abs(upload.expiresAt.getTime() - before - 3_600_000)).toBeLessThan(60_000);
      const { signature } = /\?signature=(?<signature>.+)$/.exec(upload.path)?.groups ?? {};
      const file = await uploads.open(upload.id, signature ?? "");
      expect(file).toMatchObject({ contentType, bytes: image.length });
      expect((await read(await file.open())).equals(image)).toBe(true);

      const request = requestWith({ imageUrl: addressOf(upload), lastImageUrl: "https://example.com/last.png" });
      expect(uploads.areIn(request)).toBe(true);
      await keep(viewer, request);
      expect(await rowsOf(viewer)).toMatchObject([{ id: upload.id, subject: "ada", expires_at: null }]);
      expect(await uploads.asData(request)).toEqual({
        ...request,
        imageUrl: `data:${contentType};base64,${image.toString("base64")}`,
      });
      await sweep();
      expect((await read(await (await uploads.open(upload.id, signature ?? "")).open())).equals(image)).toBe(true);
    });

    test("what is not used expires: first for everybody, and then from the files", async () => {
      const archive = await emptyArchive(kind);
      const viewer = somebody();
      const [kept, soon] = [uploadsOn(shared.db, archive), uploadsOn(shared.db, archive, { keptMs: 0 })];
      const stays = await kept.uploads.receive(viewer, inPieces(png));
      const goes = await soon.uploads.receive(viewer, inPieces(png));
      await expect(kept.keep(viewer, requestWith({ imageUrl: addressOf(goes) }))).rejects.toMatchObject(NOT_THERE);
      const signature = goes.path.replace(/^.*signature=/, "");
      await expect(kept.uploads.open(goes.id, signature)).rejects.toMatchObject({ code: "NOT_FOUND" });
      const key = uploadKey({ id: goes.id, content_type: goes.contentType });
      expect(await archive.stat(key)).toMatchObject({ size: png.length });
      expect(await kept.sweep()).toBeGreaterThan(0);
      expect(await archive.stat(key)).toBeNull();
      expect((await rowsOf(viewer)).map(({ id }) => id)).toEqual([stays.id]);
      expect(await kept.sweep()).toBe(0);
      await expect(kept.keep(viewer, requestWith({ imageUrl: addressOf(goes) }))).rejects.toMatchObject(NOT_THERE);
    });
  });

  test("an upload whose row is there and whose file is not, as after a crash, expires as others do", async () => {
    const archive = await emptyArchive("disk");
    const viewer = somebody();
    const seen: unknown[] = [];
    const crashing: Archive = {
      ...port(archive),
      put: (key, source, options) =>
        archive.put(key, source, {
          ...options,
          async verify(file) {
            await options?.verify?.(file);
            // Its row is saved by now, and nobody can see a file.
            seen.push(await rowsOf(viewer), await archive.stat(key));
            throw new Crash();
          },
        }),
      delete: async () => {
        throw new ArchiveError("ARCHIVE_FAILED", "gone");
      },
    };
    const { uploads } = uploadsOn(shared.db, crashing, { keptMs: 0 });
    await expect(uploads.receive(viewer, inPieces(png))).rejects.toBeInstanceOf(Crash);
    expect(seen).toMatchObject([[{ bytes: png.length }], null]);
    expect(await rowsOf(viewer)).toHaveLength(1);
    await uploadsOn(shared.db, archive).sweep();
    expect(await rowsOf(viewer)).toEqual([]);
  });

  test("what cannot be stored is told so, and leaves nothing", async () => {
    const archive = await emptyArchive("disk");
    const viewer = somebody();
    const full: Archive = {
      ...port(archive),
      async put(key, source, options) {
        await archive.put(key, source, options);
        throw new ArchiveError("ARCHIVE_FULL", "no space");
      },
    };
    const { uploads } = uploadsOn(shared.db, full);
    await expect(uploads.receive(viewer, inPieces(png))).rejects.toMatchObject({ code: "FILE_UNAVAILABLE" });
    expect(await rowsOf(viewer)).toEqual([]);
  });

  test("an upload that is being used when it expires is kept: nobody deletes what a video is made from", async () => {
    const archive = await emptyArchive("disk");
    const viewer = somebody();
    const { uploads, sweep } = uploadsOn(shared.db, archive);
    const upload = await uploads.receive(viewer, inPieces(png));
    const expire = () =>
      shared.db.kysely
        .updateTable("uploads")
        .set({ expires_at: new Date(0) })
        .where("id", "=", upload.id)
        .execute();
    const other = await shared.open();
    await other.transaction(async ({ kysely }) => {
      await uploads.keep(kysely, viewer, requestWith({ imageUrl: addressOf(upload) }));
      // The embedded database does one thing at a time.
      if (shared.onServer !== null) await sweep();
    });
    await sweep();
    expect(await rowsOf(viewer)).toMatchObject([{ expires_at: null }]);
    expect(await uploads.asData(requestWith({ imageUrl: addressOf(upload) }))).not.toBeNull();
    // While its row is held it is passed over, although what can be seen of it has expired.
    if (shared.onServer === null) return;
    await expire();
    await other.transaction(async ({ kysely }) => {
      await kysely.updateTable("uploads").set({ expires_at: null }).where("id", "=", upload.id).execute();
      await sweep();
    });
    await sweep();
    expect(await rowsOf(viewer)).toMatchObject([{ expires_at: null }]);
  });

  describe("invariant 9", () => {
    test("nobody uses what another project or subject has uploaded; a key acts for all of its project", async () => {
      const archive = await emptyArchive("disk");
      const { uploads, keep } = uploadsOn(shared.db, archive);
      const [north, south] = [randomUUID(), randomUUID()];
      const ada = somebody("ada", north);
      const upload = await uploads.receive(ada, inPieces(png));
      const of = { imageUrl: addressOf(upload) };
      for (const other of [
        somebody("bob", north),
        somebody("", north),
        somebody("ada", south),
        somebody(null, south),
        { ...somebody(null, north), videoIds: [] },
      ]) {
        await expect(keep(other, requestWith(of))).rejects.toMatchObject(NOT_THERE);
      }
      expect(await rowsOf(ada)).toMatchObject([{ expires_at: expect.any(Date) }]);
      await keep(somebody(null, north), requestWith(of));
      await keep(ada, requestWith(of));
      await expect(keep(somebody("bob", north), requestWith(of))).rejects.toMatchObject(NOT_THERE);
      const own = await uploads.receive(somebody(null, north), inPieces(png));
      await expect(keep(ada, requestWith({ imageUrl: addressOf(own) }))).rejects.toMatchObject(NOT_THERE);
    });

    test("every image that is not there is told", async () => {
      const { uploads, keep } = uploadsOn(shared.db, await emptyArchive("disk"));
      const viewer = somebody();
      const good = await uploads.receive(viewer, inPieces(png));
      const theirs = addressOf(await uploads.receive(somebody(), inPieces(png)));
      const paths = (request: Parameters<typeof keep>[1]) =>
        keep(viewer, request).then(
          () => [],
          (error) => error.issues.map(({ path }: { path: string[] }) => path.join()).sort(),
        );
      const both = requestWith({ imageUrl: theirs, lastImageUrl: theirs });
      expect(await paths(both)).toEqual(["imageUrl", "lastImageUrl"]);
      expect(await paths(requestWith({ imageUrl: addressOf(good), lastImageUrl: theirs }))).toEqual(["lastImageUrl"]);
      expect(await paths(requestWith({ imageUrl: addressOf(good), lastImageUrl: addressOf(good) }))).toEqual([]);
    });
  });

  test("one user may have a hundred images that wait, however many come at once; others have room, and used ones do not count", async () => {
    const { uploads, keep } = uploadsOn(shared.db, await emptyArchive("disk"));
    const ada = somebody("ada");
    const [first] = await Promise.all(Array.from({ length: 98 }, () => uploads.receive(ada, inPieces(SMALL))));
    const more = await Promise.allSettled(Array.from({ length: 5 }, () => uploads.receive(ada, inPieces(SMALL))));
    expect(more.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    await expect(uploads.receive(ada, inPieces(SMALL))).rejects.toMatchObject({
      code: "TOO_MANY_UPLOADS",
      message: expect.stringMatching(/^At most 100 images, or 256 MiB of them, may wait for a video/),
    });
    await uploads.receive({ ...ada, subject: "bob" }, inPieces(SMALL));
    await keep(ada, requestWith({ imageUrl: addressOf(first ?? { path: "" }) }));
    await uploads.receive(ada, inPieces(SMALL));
    expect(await rowsOf(ada)).toHaveLength(102);
  });

  test("a project may have ten gigabytes that wait, whoever uploaded them", async () => {
    const { uploads } = uploadsOn(shared.db, await emptyArchive("disk"));
    const ada = somebody("ada");
    const wait = (subjects: readonly string[]) =>
      shared.db.kysely
        .insertInto("uploads")
        .values(
          subjects.map((subject) => ({
            ...{ id: `upload_${randomUUID()}`, project: ada.project, subject, key_id: null, content_type: "image/png" },
            ...{ width: 1280, height: 720, bytes: MAX_IMAGE_BYTES, created_at: new Date() },
            expires_at: new Date(Date.now() + 3_600_000),
          })),
        )
        .execute();
    await wait(Array.from({ length: 1_023 }, (_, index) => `user ${index}`));
    await uploads.receive(ada, inPieces(SMALL));
    await wait(["bob"]);
    await expect(uploads.receive(ada, inPieces(SMALL))).rejects.toMatchObject({
      code: "TOO_MANY_UPLOADS",
      message: expect.stringContaining("may wait in one project for a video"),
    });
  });
});

/** The smallest that is taken. */
const SMALL = await images.jpg(720, 720);

class Crash extends Error {}

/** The methods of an archive, to replace some. */
function port(archive: Archive): Archive {
  return {
    put: archive.put.bind(archive),
    stat: archive.stat.bind(archive),
    open: archive.open.bind(archive),
    read: archive.read.bind(archive),
    delete: archive.delete.bind(archive),
  };
}

async function read(file: OpenedFile | null): Promise<Buffer> {
  if (file === null) throw new Error("nothing is stored");
  if (file.kind === "stream") return await buffer(file.stream);
  const response = await fetch(file.url);
  expect(response.headers.get("content-type")).toMatch(/^image\//);
  return Buffer.from(await response.arrayBuffer());
}
