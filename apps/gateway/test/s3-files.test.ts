import { runMain } from "@reelwire/gateway-for-tests";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type S3Server, startS3Server } from "./s3-server.ts";
import { CREATE_VIDEO, startTestGateway, type TestGateway, VIDEO_STATUS } from "./test-gateway.ts";

let s3: S3Server;
let on: TestGateway;
beforeAll(async () => {
  s3 = await startS3Server();
  on = await startTestGateway({
    emulator: { clock: "real", durationMs: 50 },
    configuration: { files: s3.files },
  });
});
afterAll(async () => {
  await on[Symbol.asyncDispose]();
  await s3[Symbol.asyncDispose]();
});

/** Makes a video, and says what it was in the end. */
async function finishedVideo(prompt: string): Promise<{ id: string; status: string; url: string }> {
  const { data } = await on.graphql(CREATE_VIDEO, { input: { prompt, durationSeconds: 4 } });
  const { id } = data.createVideo.video;
  let last = null;
  const updates = on.client().iterate<{ videoStatus: { id: string; status: string; url: string } }>({
    query: VIDEO_STATUS,
    variables: { id },
  });
  for await (const update of updates) last = update.data?.videoStatus;
  if (last == null) throw new Error("it ended without an update");
  return last;
}

describe("a video whose file is in a bucket", () => {
  let id: string;
  let url: string;
  let whole: Uint8Array;

  beforeAll(async () => {
    ({ id, url } = await finishedVideo("a paper boat"));
    const response = await fetch(url);
    expect(response.status).toBe(200);
    whole = await response.bytes();
  });

  test("keeps its address at the gateway, which redirects to one at the store that is good for a while", async () => {
    expect(url).toMatch(`${on.url}/files/${id}.mp4?signature=`);
    const response = await fetch(url, { redirect: "manual" });
    expect(response.status).toBe(302);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("location")).toMatch(
      /^http:\/\/localhost:\d+\/videos\/reelwire\/video_\w+\.mp4\?.*X-Amz-Expires=3600/,
    );
    for (const name of ["etag", "last-modified", "content-type", "content-disposition"]) {
      expect(response.headers.get(name)).toBeNull();
    }
  });

  test("plays: it is an MP4, whole and in parts", async () => {
    expect(Buffer.from(whole).toString("latin1", 4, 8)).toBe("ftyp");
    const response = await fetch(url, { headers: { range: "bytes=100-199" } });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-type")).toBe("video/mp4");
    expect(response.headers.get("content-range")).toBe(`bytes 100-199/${whole.length}`);
    expect(await response.bytes()).toEqual(whole.slice(100, 200));
  });

  test("is saved with ?download=1", async () => {
    const response = await fetch(`${url}&download=1`);
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${id}.mp4"`);
    expect(await response.bytes()).toHaveLength(whole.length);
  });

  test("is told about without a redirect: HEAD, 304 and 416", async () => {
    const ask = (method: string, headers: Record<string, string>) => fetch(url, { method, headers, redirect: "error" });
    const head = await ask("HEAD", {});
    expect(head.status).toBe(200);
    expect(head.headers.get("content-length")).toBe(String(whole.length));
    expect(head.headers.get("content-type")).toBe("video/mp4");
    const known = { "if-none-match": String(head.headers.get("etag")) };
    expect((await ask("GET", known)).status).toBe(304);
    expect((await ask("GET", { range: `bytes=${whole.length}-` })).status).toBe(416);
  });

  test("is not found at an address with another signature (invariant 9)", async () => {
    expect((await fetch(url.replace(/signature=.*/, "signature=x"))).status).toBe(404);
  });
});

describe("while the store is away", () => {
  test("videos are completed, their files are unavailable, and there once it is back", async () => {
    await s3.stop();
    const { status, url } = await finishedVideo("a lighthouse");
    expect(status).toBe("COMPLETED");
    const away = await fetch(url);
    expect(away.status).toBe(503);
    expect(away.headers.get("retry-after")).not.toBeNull();
    expect(await away.json()).toMatchObject({ errors: [{ extensions: { code: "FILE_UNAVAILABLE" } }] });
    await s3.start();
    const back = await fetch(url);
    expect(back.status).toBe(200);
    expect((await back.bytes()).length).toBeGreaterThan(1_000);
  });
});

test("no line of the log has the secret, or an address that is as good as a file", () => {
  expect(on.logLines.length).toBeGreaterThan(10);
  for (const line of on.logLines) {
    expect(line).not.toContain("a/secret+that+is+in+no+log");
    expect(line).not.toContain("X-Amz-Signature");
  }
});

test("a bucket that is missing stops the start with one line that says what to do", async () => {
  await using main = await runMain({
    REELWIRE_S3_ENDPOINT: s3.origin,
    REELWIRE_S3_BUCKET: "films",
    REELWIRE_S3_ACCESS_KEY_ID: "S3RVER",
    REELWIRE_S3_SECRET_ACCESS_KEY: "a/secret+that+is+in+no+log",
    REELWIRE_LOG_LEVEL: "warn",
  });
  expect(await main.exited).toEqual({ code: 1, signal: null });
  expect(main.err().trimEnd()).toMatch(
    /^reelwire: The bucket "films" at 127\.0\.0\.1:\d+ cannot be used \(HTTP 404, NoSuchBucket\): make it, [^\n]+\.$/,
  );
});
