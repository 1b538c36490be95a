import { readdir, readFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { type CopyResultOptions, copyResult } from "../../src/archive/copy-result.ts";
import { openDiskArchive } from "../../src/archive/disk.ts";
import type { ExpectedVideo } from "../../src/archive/expected-video.ts";
import { startServer } from "./http-server.ts";
import { remuxed } from "./remuxed.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const KEY = "video_01h455vb4pex5vsknk084sn02q.mp4";
// H.264 and AAC, 4 s, 1280×720, its index (moov) at the end.
const CLIP = await readFile(new URL("four-seconds-720p.mp4", import.meta.url));
const SOUND_ONLY = await remuxed(CLIP, { video: false });
const ASKED: ExpectedVideo = {
  durationSeconds: 4,
  resolution: "P720",
  aspectRatio: "LANDSCAPE_16_9",
  generateAudio: true,
};

/** Copies what a host answers, and says what came of it and what lies in the archive afterwards. */
async function copyFrom(answer: RequestListener, options: Partial<CopyResultOptions> = {}) {
  await using directory = await temporaryDirectory();
  await using server = await startServer(answer);
  const archive = await openDiskArchive({ directory: directory.path });
  const sourceUrl = `${server.origin}/clip.mp4?sig=1`;
  const fetch = { allowedHosts: [server.host] };
  const [outcome] = await Promise.allSettled([
    copyResult({ sourceUrl, key: KEY, archive, expect: ASKED, fetch, ...options }),
  ]);
  await server.idle();
  const stored = await archive.open(KEY);
  return {
    copied: outcome.status === "fulfilled" ? outcome.value : undefined,
    error: outcome.status === "rejected" ? outcome.reason : undefined,
    stored: stored?.kind === "stream" ? await buffer(stored.stream) : null,
    unfinished: await readdir(`${directory.path}/.incoming`),
  };
}

function answering(body: Uint8Array): RequestListener {
  return (_request, response) => response.writeHead(200, { "content-length": body.length }).end(body);
}

/** Without an announced length, ending with the connection. */
function closingAfter(body: Uint8Array): RequestListener {
  return (request) => request.socket.end(Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), body]));
}

describe("a finished file", () => {
  it("is copied, and what it holds is told", async () => {
    const { copied, stored, unfinished } = await copyFrom(answering(CLIP));
    expect(copied).toEqual({
      bytes: CLIP.length,
      width: 1280,
      height: 720,
      durationSeconds: 4,
      hasAudio: true,
      differences: [],
    });
    expect(stored?.equals(CLIP)).toBe(true);
    expect(unfinished).toEqual([]);
  });

  it.each(["in-memory", "fragmented"] as const)("may have its index elsewhere: %s", async (fastStart) => {
    const clip = await remuxed(CLIP, { fastStart });
    const { copied } = await copyFrom(answering(clip));
    expect(copied).toMatchObject({
      bytes: clip.length,
      width: 1280,
      durationSeconds: expect.closeTo(4),
      differences: [],
    });
  });

  it("may come without an announced length", async () => {
    const { copied } = await copyFrom(closingAfter(CLIP));
    expect(copied?.bytes).toBe(CLIP.length);
  });

  it("is kept where it differs from what was asked for, and the differences are told", async () => {
    const silent = await remuxed(CLIP, { audio: false });
    const expected = {
      durationSeconds: 8,
      resolution: "P1080",
      aspectRatio: "PORTRAIT_9_16",
      generateAudio: true,
    } as const;
    const { copied, stored } = await copyFrom(answering(silent), { expect: expected });
    expect(copied?.hasAudio).toBe(false);
    expect(copied?.differences).toEqual(["durationSeconds", "resolution", "aspectRatio", "generateAudio"]);
    expect(stored?.length).toBe(silent.length);
    const { copied: free } = await copyFrom(answering(silent), {
      expect: { ...ASKED, aspectRatio: null, generateAudio: false },
    });
    expect(free?.differences).toEqual([]);
  });
});

describe("nothing is stored of what is no whole video", () => {
  const firstBoxOnly = CLIP.subarray(0, CLIP.readUInt32BE(0));

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["a few bytes", Buffer.from("video")],
    ["an error page", Buffer.from("<!doctype html><title>Please sign in</title>")],
    ["zeros", Buffer.alloc(4096)],
    ["a JPEG", Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex")],
    ["an MP4 without a picture", SOUND_ONLY],
    ["boxes that make no sense", Buffer.concat([firstBoxOnly, Buffer.from("\0\0\0\u0003moov")])],
    ["an index that makes no sense", Buffer.concat([firstBoxOnly, box("moov", 64), box("mdat", 64)])],
  ])("NOT_A_VIDEO: %s", async (_what, body) => {
    const { error, stored, unfinished } = await copyFrom(answering(body));
    expect(error).toMatchObject({ name: "CopyError", code: "NOT_A_VIDEO", retryable: true });
    expect({ stored, unfinished }).toEqual({ stored: null, unfinished: [] });
  });

  it.each([1, 8, 100, CLIP.length - firstBoxOnly.length, CLIP.length - firstBoxOnly.length - 20])(
    "BROKE_OFF: a clip that lacks its last %i bytes",
    async (missing) => {
      const cut = CLIP.subarray(0, CLIP.length - missing);
      const { error, stored } = await copyFrom(closingAfter(cut));
      expect(error).toMatchObject({ code: "BROKE_OFF", retryable: true });
      expect(stored).toBeNull();
    },
  );

  it("BROKE_OFF: a clip whose data runs to the end of the file, wherever that is", async () => {
    const clip = Buffer.from(await remuxed(CLIP, { fastStart: "in-memory" }));
    clip.writeUInt32BE(0, clip.lastIndexOf("mdat") - 4);
    expect((await copyFrom(answering(clip))).copied?.durationSeconds).toBeCloseTo(4);
    const { error, stored } = await copyFrom(answering(clip.subarray(0, clip.length - 1)));
    expect(error).toMatchObject({ code: "BROKE_OFF", retryable: true });
    expect(stored).toBeNull();
  });

  it("BROKE_OFF: a fragmented clip without its end", async () => {
    const clip = await remuxed(CLIP, { fastStart: "fragmented" });
    const { error } = await copyFrom(closingAfter(clip.subarray(0, clip.lastIndexOf("moof") + 50)));
    expect(error).toMatchObject({ code: "BROKE_OFF" });
  });

  it("BROKE_OFF: a connection that ends before the announced length", async () => {
    const { error, stored, unfinished } = await copyFrom((_request, response) => {
      response.writeHead(200, { "content-length": CLIP.length });
      response.write(CLIP.subarray(0, 3000), () => response.destroy());
    });
    expect(error).toMatchObject({ name: "GuardedFetchError", code: "BROKE_OFF", retryable: true });
    expect({ stored, unfinished }).toEqual({ stored: null, unfinished: [] });
  });
});

describe("a file that its host does not give", () => {
  it.each([
    [400, "SOURCE_EXPIRED", false],
    [403, "SOURCE_EXPIRED", false],
    [404, "SOURCE_EXPIRED", false],
    [410, "SOURCE_EXPIRED", false],
    [429, "SOURCE_UNAVAILABLE", true],
    [500, "SOURCE_UNAVAILABLE", true],
    [503, "SOURCE_UNAVAILABLE", true],
    [204, "SOURCE_REFUSED", false],
    [206, "SOURCE_REFUSED", false],
    [416, "SOURCE_REFUSED", false],
  ])("HTTP %i is %s", async (status, code, retryable) => {
    const { error, stored } = await copyFrom((_request, response) => response.writeHead(status).end(CLIP));
    expect(error).toMatchObject({ name: "CopyError", code, retryable });
    expect(stored).toBeNull();
  });

  it("is not fetched from a private address", async () => {
    const { error, stored } = await copyFrom(answering(CLIP), { fetch: {} });
    expect(error).toMatchObject({ code: "ADDRESS_NOT_ALLOWED", retryable: false });
    expect(stored).toBeNull();
  });

  it("is not asked for twice: the archive's own failure ends the connection", async () => {
    const { error } = await copyFrom(answering(CLIP), { key: "../elsewhere.mp4" });
    expect(error).toMatchObject({ name: "ArchiveError", code: "ARCHIVE_KEY_INVALID" });
  });

  it("is given up when the caller says so", async () => {
    const stop = new AbortController();
    const reason = new Error("shutting down");
    await using directory = await temporaryDirectory();
    await using server = await startServer((_request, response) => {
      response.write(CLIP.subarray(0, 100), () => stop.abort(reason));
    });
    const archive = await openDiskArchive({ directory: directory.path });
    const fetch = { allowedHosts: [server.host], signal: stop.signal };
    const copy = copyResult({ sourceUrl: server.origin, key: KEY, archive, expect: ASKED, fetch });
    await expect(copy).rejects.toBe(reason);
    expect(await readdir(`${directory.path}/.incoming`)).toEqual([]);
    await server.idle();
  });
});

function box(type: string, length: number): Buffer {
  const bytes = Buffer.alloc(length, 0xff);
  bytes.writeUInt32BE(length, 0);
  bytes.write(type, 4, "latin1");
  return bytes;
}
