import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { Archive, ByteRange, OpenedFile } from "../../src/archive/archive.ts";

const KEY = "video_01h455vb4pex5vsknk084sn02q.mp4";
const BYTES = Buffer.from("0123456789");

/** What every `Archive` does. `openArchive` gives an empty one; disposing of it clears it away. */
export function describeArchive(name: string, openArchive: () => Promise<AsyncDisposable & { archive: Archive }>) {
  describe(name, () => {
    it("gives back what was put, until it is deleted", async () => {
      await using opened = await openArchive();
      const { archive } = opened;
      expect(await archive.put(KEY, chunks("01234", "", "56789"))).toEqual({ bytes: 10 });
      expect(await archive.stat(KEY)).toEqual({ size: 10, modifiedAt: expect.any(Date) });
      expect(await read(await archive.open(KEY))).toEqual(BYTES);
      expect(await archive.read(KEY).then((bytes) => Buffer.from(bytes ?? []))).toEqual(BYTES);
      expect(await archive.delete(KEY)).toBe(true);
      expect(await archive.delete(KEY)).toBe(false);
      expect(await archive.stat(KEY)).toBeNull();
      expect(await archive.open(KEY)).toBeNull();
      expect(await archive.read(KEY)).toBeNull();
    });

    it.each([
      { start: 0, end: 0 },
      { start: 3, end: 6 },
      { start: 9, end: 9 },
      { start: 0, end: 9 },
    ])("reads bytes $start to $end", async (range) => {
      await using opened = await openArchive();
      await opened.archive.put(KEY, chunks("0123456789"));
      const file = await opened.archive.open(KEY, range);
      if (file?.kind === "stream") expect(file).toMatchObject({ ...range, size: 10 });
      expect(await read(file, range)).toEqual(BYTES.subarray(range.start, range.end + 1));
    });

    it("keeps a file of many chunks whole", async () => {
      await using opened = await openArchive();
      const part = Buffer.alloc(65_536, "reelwire");
      const parts = Array.from({ length: 48 }, () => part);
      expect(await opened.archive.put(KEY, Readable.from(parts))).toEqual({ bytes: 48 * 65_536 });
      expect((await read(await opened.archive.open(KEY))).equals(Buffer.concat(parts))).toBe(true);
    });

    it("keeps an empty file", async () => {
      await using opened = await openArchive();
      expect(await opened.archive.put(KEY, chunks())).toEqual({ bytes: 0 });
      expect(await opened.archive.stat(KEY)).toMatchObject({ size: 0 });
      expect(await read(await opened.archive.open(KEY))).toEqual(Buffer.alloc(0));
    });

    it("shows nothing until the file is verified, and puts the same key again", async () => {
      await using opened = await openArchive();
      const { archive } = opened;
      let seen: unknown = "not looked";
      await archive.put(KEY, chunks("0123456789"), {
        async verify(file) {
          expect(file.bytes).toBe(10);
          seen = await archive.stat(KEY);
        },
      });
      expect(seen).toBeNull();
      await archive.put(KEY, chunks("again"));
      expect((await read(await archive.open(KEY))).toString()).toBe("again");
    });

    it("stores nothing that its verification refuses, and says why", async () => {
      await using opened = await openArchive();
      const refusal = new Error("not what it claims to be");
      const put = opened.archive.put(KEY, chunks("0123456789"), { verify: () => Promise.reject(refusal) });
      await expect(put).rejects.toBe(refusal);
      expect(await opened.archive.stat(KEY)).toBeNull();
    });

    it("stores nothing whose source fails, and says why", async () => {
      await using opened = await openArchive();
      const failure = new Error("broke off");
      await expect(opened.archive.put(KEY, failing(failure))).rejects.toBe(failure);
      expect(await opened.archive.stat(KEY)).toBeNull();
    });

    it("keeps two attempts at one key apart", async () => {
      await using opened = await openArchive();
      const parts = ["a", "b"].map((letter) => Array.from({ length: 20 }, () => letter));
      await Promise.all(parts.map((letters) => opened.archive.put(KEY, chunks(...letters))));
      expect((await read(await opened.archive.open(KEY))).toString()).toMatch(/^(a{20}|b{20})$/);
    });

    it.each([
      "",
      ".",
      "..",
      "../video.mp4",
      "a/video.mp4",
      "a\\video.mp4",
      "/etc/passwd",
      ".incoming",
      ".hidden.mp4",
      "video",
      "Video.mp4",
      "video.mp4\0",
      "video.mp4\n",
      "video..mp4",
      `${"v".repeat(200)}.mp4`,
      "vidéo.mp4",
    ])("refuses the key %j", async (key) => {
      await using opened = await openArchive();
      const { archive } = opened;
      const refused = { code: "ARCHIVE_KEY_INVALID", retryable: false };
      await expect(archive.put(key, chunks("0"))).rejects.toMatchObject(refused);
      await expect(archive.stat(key)).rejects.toMatchObject(refused);
      await expect(archive.open(key)).rejects.toMatchObject(refused);
      await expect(archive.read(key)).rejects.toMatchObject(refused);
      await expect(archive.delete(key)).rejects.toMatchObject(refused);
    });
  });
}

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

async function* failing(failure: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.from("begun");
  throw failure;
}

async function read(file: OpenedFile | null, range?: ByteRange): Promise<Buffer> {
  if (!file) throw new Error("Nothing is stored.");
  if (file.kind === "stream") return buffer(file.stream);
  const response = await fetch(file.url, range ? { headers: { range: `bytes=${range.start}-${range.end}` } } : {});
  expect(response.status).toBe(range ? 206 : 200);
  return Buffer.from(await response.arrayBuffer());
}
