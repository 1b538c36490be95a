import { appendFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { Archive } from "../../src/archive/archive.ts";
import { openS3Archive } from "../../src/archive/s3.ts";
import { describeArchive } from "./archive-contract.ts";
import { refuse, type S3Server, startS3Server } from "./s3-server.ts";

const KEY = "video_01h455vb4pex5vsknk084sn02q.mp4";
const FAILED = { name: "ArchiveError", code: "ARCHIVE_FAILED", retryable: true };
const UNUSABLE = { name: "ArchiveError", code: "ARCHIVE_NOT_WRITABLE", retryable: true };
const FULL = { name: "ArchiveError", code: "ARCHIVE_FULL", retryable: true };

describeArchive("the archive in a bucket", async () => {
  const server = await startS3Server();
  const archive = await openS3Archive(server.options);
  return { archive, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
});

describe("an upload", () => {
  it("is one PUT that says how much and what it is, and leaves nothing on local disk", async () => {
    await using server = await startS3Server();
    const archive = await openS3Archive({ ...server.options, keyPrefix: "reelwire/" });
    await archive.put(KEY, bytes("0123456789"));
    expect(puts(server)).toEqual([
      {
        method: "PUT",
        path: `/videos/reelwire/${KEY}`,
        headers: expect.objectContaining({
          "content-length": "10",
          "content-type": "video/mp4",
          "content-md5": "eB5eJF1ptWaXm4bijSPyxw==",
        }),
      },
    ]);
    expect(JSON.stringify(server.requests)).not.toContain(server.options.secretAccessKey);
    expect(await readdir(server.options.stagingDirectory)).toEqual([]);
  });

  it("does not begin where the file is refused", async () => {
    await using server = await startS3Server();
    const archive = await openS3Archive(server.options);
    const refusal = new Error("not what it claims to be");
    await expect(archive.put(KEY, bytes("0123456789"), { verify: () => Promise.reject(refusal) })).rejects.toBe(
      refusal,
    );
    expect(puts(server)).toEqual([]);
    expect(await readdir(server.options.stagingDirectory)).toEqual([]);
  });

  it("that is cut off leaves nothing, and may be tried again", async () => {
    await using server = await startS3Server();
    const archive = await openS3Archive(server.options);
    const large = Buffer.alloc(8_000_000, "reelwire").toString();
    server.answer = (request, _response, serve) => {
      serve();
      request.once("readable", () => request.socket.destroy());
    };
    await expect(archive.put(KEY, bytes(large))).rejects.toMatchObject(FAILED);
    server.answer = null;
    expect(await archive.stat(KEY)).toBeNull();
    await archive.put(KEY, bytes(large));
    expect(await archive.stat(KEY)).toMatchObject({ size: 8_000_000 });
  });

  it("whose answer is lost fails, and the file may be there, whole", async () => {
    await using server = await startS3Server();
    const archive = await openS3Archive(server.options);
    server.answer = (request, response, serve) => {
      response.end = () => response.destroy();
      if (request.method === "PUT") serve();
    };
    await expect(archive.put(KEY, bytes("0123456789"))).rejects.toMatchObject(FAILED);
    server.answer = null;
    expect(await archive.stat(KEY)).toMatchObject({ size: 10 });
  });

  it("of something else than what was read from the source is refused by the store", async () => {
    await using server = await startS3Server();
    const archive = await openS3Archive(server.options);
    const put = archive.put(KEY, bytes("0123456789"), { verify: ({ path }) => writeFile(path, "012345678X") });
    await expect(put).rejects.toMatchObject({ ...FAILED, message: expect.stringContaining("BadDigest") });
    expect(await archive.stat(KEY)).toBeNull();
  });

  it("leaves what a crash left on local disk to the next start", async () => {
    await using server = await startS3Server();
    const { stagingDirectory } = server.options;
    await mkdir(stagingDirectory, { recursive: true });
    await appendFile(join(stagingDirectory, `${KEY}.0`), "begun");
    await openS3Archive(server.options);
    expect(await readdir(stagingDirectory)).toHaveLength(1);
    await openS3Archive({ ...server.options, leftoverAgeMs: 0 });
    expect(await readdir(stagingDirectory)).toEqual([]);
  });
});

describe("a presigned address", () => {
  it("answers anyone, as a video, at the address that is known outside", async () => {
    await using server = await startS3Server();
    const outside = `http://localhost:${server.port}`;
    const archive = await openS3Archive({ ...server.options, publicEndpoint: outside });
    await archive.put(KEY, bytes("0123456789"));
    const url = await addressOf(archive);
    expect(url).toMatch(new RegExp(`^${outside}/videos/${KEY}\\?`));
    const whole = await fetch(url);
    expect(whole.headers.get("content-type")).toBe("video/mp4");
    expect(whole.headers.get("content-disposition")).toBeNull();
    expect(await whole.text()).toBe("0123456789");
    const part = await fetch(url, { headers: { range: "bytes=4-" } });
    expect([part.status, await part.text()]).toEqual([206, "456789"]);
  });

  it("has browsers save the file where that is asked for", async () => {
    await using server = await startS3Server();
    const archive = await openS3Archive(server.options);
    await archive.put(KEY, bytes("0123456789"));
    const response = await fetch(await addressOf(archive, { download: true }));
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${KEY}"`);
    expect(await response.text()).toBe("0123456789");
  });

  it("is good for an hour", async () => {
    await using server = await startS3Server();
    const archive = await openS3Archive(server.options);
    await archive.put(KEY, bytes("0123456789"));
    const url = await addressOf(archive);
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    vi.setSystemTime(Date.now() + 3_590_000);
    expect((await fetch(url)).status).toBe(200);
    vi.setSystemTime(Date.now() + 20_000);
    expect((await fetch(url)).status).toBe(403);
  });

  it("is good for that file and for reading alone, and holds no secret", async () => {
    await using server = await startS3Server();
    const archive = await openS3Archive(server.options);
    await archive.put(KEY, bytes("0123456789"));
    await archive.put("another.mp4", bytes("another"));
    const url = await addressOf(archive);
    expect((await fetch(url.replace(KEY, "another.mp4"))).status).toBe(403);
    expect((await fetch(url, { method: "DELETE" })).status).toBe(403);
    expect((await fetch(url.replace("3600", "7200"))).status).toBe(403);
    expect((await fetch(url.split("?", 1)[0] ?? "")).status).toBe(403);
    expect(decodeURIComponent(url)).not.toContain(server.options.secretAccessKey);
  });
});

describe("a bucket that cannot be used stops the opening, in one line that says what to do", () => {
  it.each([
    [
      "is missing",
      { bucket: "films" },
      UNUSABLE,
      /^The bucket "films" at 127\.0\.0\.1:\d+ cannot .*NoSuchBucket.*make it/,
    ],
    ["does not know the key", { accessKeyId: "ANOTHER" }, UNUSABLE, /InvalidAccessKeyId.*correct the keys/],
    ["has another secret", { secretAccessKey: "another" }, UNUSABLE, /SignatureDoesNotMatch.*correct the keys/],
  ])("%s", async (_what, wrong, expected, message) => {
    await using server = await startS3Server();
    const options = { ...server.options, ...wrong };
    const error = await openS3Archive(options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ ...expected, message: expect.stringMatching(message) });
    expectOneCleanLine(error, options.secretAccessKey);
  });

  it.each([
    ["is in another region", 301, "PermanentRedirect", UNUSABLE, /correct its endpoint or region/],
    ["is in another region, for some", 400, "AuthorizationHeaderMalformed", UNUSABLE, /correct its endpoint or region/],
    ["does not give the rights", 403, "AccessDenied", UNUSABLE, /rights to list it/],
    ["thinks it another time", 403, "RequestTimeTooSkewed", UNUSABLE, /set this machine's clock/],
    ["is of no store", 404, "", UNUSABLE, /HTTP 404\): .* its name and endpoint/],
    ["is out of order", 500, "InternalError", FAILED, /failed \(HTTP 500, InternalError\)/],
  ])("%s", async (_what, status, code, expected, message) => {
    await using server = await startS3Server();
    server.answer = (_request, response) => refuse(response, status, code);
    const error = await openS3Archive(server.options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ ...expected, message: expect.stringMatching(message) });
    expectOneCleanLine(error, server.options.secretAccessKey);
  });

  it("cannot be reached", async () => {
    await using server = await startS3Server();
    await server.stop();
    const error = await openS3Archive(server.options).catch((thrown: unknown) => thrown);
    const message = expect.stringMatching(
      /^The bucket "videos" at 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\): see/,
    );
    expect(error).toMatchObject({ ...FAILED, message });
    expectOneCleanLine(error, server.options.secretAccessKey);
  });

  it("is answered for by a web page", async () => {
    await using server = await startS3Server();
    server.answer = (_request, response) => response.end("<!doctype html><title>Console</title>");
    const message = expect.stringMatching(/is not an S3 store: correct its endpoint/);
    await expect(openS3Archive(server.options)).rejects.toMatchObject({ ...UNUSABLE, message });
  });

  it("never answers", async () => {
    await using server = await startS3Server();
    server.answer = () => {};
    const message = expect.stringMatching(/did not answer in time/);
    const opening = openS3Archive({ ...server.options, requestTimeoutMs: 20 });
    await expect(opening).rejects.toMatchObject({ ...FAILED, message });
  });
});

describe("a store in operation", () => {
  it.each([
    [503, "SlowDown", FAILED],
    [500, "InternalError", FAILED],
    [400, "RequestTimeout", FAILED],
    [403, "AccessDenied", UNUSABLE],
    [404, "NoSuchBucket", UNUSABLE],
    [403, "QuotaExceeded", FULL],
    [507, "XMinioStorageFull", FULL],
  ])("that answers an upload with %i %s", async (status, code, expected) => {
    await using server = await startS3Server();
    const archive = await openS3Archive(server.options);
    server.answer = (request, response) => {
      request.resume().once("end", () => refuse(response, status, code));
    };
    await expect(archive.put(KEY, bytes("0123456789"))).rejects.toMatchObject(expected);
    expect(await readdir(server.options.stagingDirectory)).toEqual([]);
  });

  it("that is away fails everything, and it may be tried again", async () => {
    await using server = await startS3Server();
    const archive = await openS3Archive(server.options);
    await server.stop();
    await expect(archive.stat(KEY)).rejects.toMatchObject(FAILED);
    await expect(archive.open(KEY)).rejects.toMatchObject(FAILED);
    await expect(archive.delete(KEY)).rejects.toMatchObject(FAILED);
    await expect(archive.put(KEY, bytes("0123456789"))).rejects.toMatchObject(FAILED);
  });

  it("that does not know ranges tells a file's size all the same", async () => {
    await using server = await startS3Server();
    const archive = await openS3Archive(server.options);
    server.answer = (_request, response) => {
      response
        .writeHead(200, { "content-length": 10, "last-modified": "Tue, 24 Nov 2026 06:00:00 GMT" })
        .end("0123456789");
    };
    expect(await archive.stat(KEY)).toEqual({ size: 10, modifiedAt: new Date("2026-11-24T06:00:00Z") });
  });
});

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

function puts({ requests }: S3Server): S3Server["requests"] {
  return requests.filter(({ method }) => method === "PUT");
}

async function addressOf(archive: Archive, options?: { download: boolean }): Promise<string> {
  const opened = await archive.open(KEY, undefined, options);
  if (opened?.kind !== "redirect") throw new Error("It is not elsewhere.");
  return opened.url;
}

function expectOneCleanLine(error: unknown, secret: string): void {
  const message = error instanceof Error ? error.message : "";
  expect(message).toMatch(/^[^\n]+\.$/);
  expect(message).not.toContain(secret);
  expect(message).not.toMatch(/X-Amz|Signature=/);
}
