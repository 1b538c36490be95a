import { mkdtemp, readdir, rm, watch } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBrowser } from "@reelwire/browser-for-tests";
import { ApiError } from "@reelwire/core";
import type { Caller } from "@reelwire/engine";
import { solidPng } from "@reelwire/gateway-for-tests";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startS3Server } from "./s3-server.ts";
import { OPEN_CALLER, startStubServer } from "./stub-engine.ts";
import { CREATE_VIDEO, startTestGateway, type TestGateway, VIDEO_STATUS } from "./test-gateway.ts";

const MIB = 1024 * 1024;

let dataDir: string;
let on: TestGateway;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "reelwire-uploads-"));
  const files = { kind: "disk", directory: join(dataDir, "files"), shared: false } as const;
  on = await startTestGateway({ emulator: { clock: "real", durationMs: 50 }, configuration: { dataDir, files } });
});
afterAll(async () => {
  await on[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true });
});

type Body = Uint8Array | string | FormData | ReadableStream<Uint8Array> | null;

interface Uploaded {
  url: string;
  errors: [{ message: string; extensions: { code: string } }];
}

async function upload(body: Body, headers: Record<string, string> = {}, { url }: { url: string } = on) {
  const request = { method: "POST", body, headers, duplex: "half" } as const;
  const response = await fetch(`${url}/uploads`, request);
  return { status: response.status, headers: response.headers, ...((await response.json()) as Uploaded) };
}

/** What is stored, and what is on its way. */
async function stored(): Promise<string[]> {
  const [files, incoming] = await Promise.all(["", ".incoming"].map((name) => readdir(join(dataDir, "files", name))));
  return [...(files ?? []), ...(incoming ?? [])].filter((name) => name.startsWith("upload_"));
}

/** A body that goes on for ever; `sent` tells how much was taken of it. */
function endless(begin: Buffer) {
  const piece = Buffer.alloc(64 * 1024, 1);
  const body = { sent: 0, stream: new ReadableStream<Uint8Array>() };
  body.stream = new ReadableStream({
    pull(controller) {
      const next = body.sent === 0 ? Buffer.concat([begin, piece]) : piece;
      body.sent += next.length;
      controller.enqueue(next);
    },
  });
  return body;
}

describe("an image that is uploaded", () => {
  const image = solidPng(1920, 1080);
  let url: string;

  test("has an address, and is what its content says, whatever it is said to be", async () => {
    const types = ["image/jpeg", "application/json", "text/plain", "application/x-www-form-urlencoded", "video/mp4"];
    for (const type of types) {
      const { status, headers, ...answer } = await upload(image, { "content-type": type });
      expect(status, type).toBe(201);
      ({ url } = answer);
      expect(answer).toEqual({
        url: expect.stringMatching(/\/uploads\/upload_[0-9a-z]{26}\?signature=[\w-]{32}$/),
        ...{ contentType: "image/png", width: 1920, height: 1080, bytes: image.length },
        expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      });
      expect(headers.get("location")).toBe(url);
      expect(url.startsWith(`${on.url}/uploads/`)).toBe(true);
    }
  });

  test("is shown to whoever has the address, as an image and nothing else", async () => {
    for (const method of ["GET", "HEAD"]) {
      const response = await fetch(url, { method });
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "content-type": "image/png",
        "content-length": String(image.length),
        "content-disposition": "inline",
        "content-security-policy": "default-src 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "private, max-age=86400, immutable",
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(bytes.equals(method === "GET" ? image : Buffer.alloc(0))).toBe(true);
    }
  });

  test("becomes the frames of a video: exactly these bytes go upstream, and the video has the short address", async () => {
    const input = { prompt: "a boat", imageUrl: url, lastImageUrl: url.replace("127.0.0.1", "localhost") };
    const { data, errors } = await on.graphql(CREATE_VIDEO, { input });
    expect(errors).toBeUndefined();
    const { id } = data.createVideo.video;
    const seen: string[] = [];
    const updates = on
      .client()
      .iterate<{ videoStatus: { status: string } }>({ query: VIDEO_STATUS, variables: { id } });
    for await (const update of updates) seen.push(update.data?.videoStatus.status ?? "");
    expect(seen.at(-1)).toBe("COMPLETED");
    const asData = `data:image/png;base64,${image.toString("base64")}`;
    expect(on.emulator.accepted[0]?.body).toMatchObject({ image_url: asData, last_image_url: asData });
    const answer = await on.graphql("query ($id: ID!) { video(id: $id) { imageUrl lastImageUrl } }", { id });
    expect(answer.data.video).toEqual({ imageUrl: input.imageUrl, lastImageUrl: input.lastImageUrl });
  });

  test("is no longer what it was with anything of its address changed", async () => {
    const issue = { message: "There is no such upload of yours, or it has expired. Upload the image again." };
    for (const wrong of [url.replace(/.$/, "~"), url.replace(/\?.*/, ""), url.replace(/upload_\w+/, "upload_x")]) {
      expect((await fetch(wrong)).status).toBe(404);
      const input = { prompt: "a boat", imageUrl: "https://example.com/a.png", lastImageUrl: wrong };
      const { errors } = await on.graphql(CREATE_VIDEO, { input });
      expect(errors).toMatchObject([
        { extensions: { code: "BAD_INPUT", issues: [{ path: ["lastImageUrl"], ...issue }] } },
      ]);
    }
  });
});

describe("what is refused", () => {
  test.each<[what: string, body: Body, status: number, code: string, message: RegExp]>([
    ["nothing", null, 400, "IMAGE_INVALID", /^Nothing was sent: the body of the request must be the image\.$/],
    ["no image", "<svg/>", 400, "IMAGE_INVALID", /^This is no PNG, JPEG or WebP image\./],
    ["a form", new FormData(), 400, "IMAGE_INVALID", /^This is no PNG, JPEG or WebP image\./],
    ["a small image", solidPng(640, 480), 400, "IMAGE_INVALID", /^The image is 640×480; its shorter side must be /],
    ["a part of one", solidPng().subarray(0, 500), 400, "IMAGE_INVALID", /^The image is damaged, or a part of it is /],
    ["50,005,000 pixels", solidPng(10_001, 5_000), 413, "IMAGE_TOO_LARGE", /10001×5000, more than 50 megapixels/],
    ["more than 10 MiB", Buffer.alloc(10 * MIB + 1), 413, "IMAGE_TOO_LARGE", /^The image has more than 10 MiB\./],
  ])("%s", async (_what, body, status, code, message) => {
    const before = await stored();
    const answer = await upload(body);
    expect(answer).toMatchObject({
      status,
      errors: [{ message: expect.stringMatching(message), extensions: { code } }],
    });
    expect(await stored()).toEqual(before);
  });

  test("a body that never ends: one of no image at its beginning, any other at 10 MiB", async () => {
    const before = await stored();
    const text = endless(Buffer.from("GIF89a"));
    expect(await upload(text.stream)).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "IMAGE_INVALID" } }],
    });
    const image = endless(solidPng());
    expect(await upload(image.stream)).toMatchObject({
      status: 413,
      errors: [{ extensions: { code: "IMAGE_TOO_LARGE" } }],
    });
    expect(image.sent).toBeGreaterThan(10 * MIB);
    expect(await stored()).toEqual(before);
  });

  test("in a browser too, which hears why although it was still sending", async () => {
    await using browser = await startBrowser();
    const page = await browser.newPage();
    await page.goto(`${on.url}/graphiql/`);
    for (const [bytes, status] of [
      [9 * MIB, 400],
      [64 * MIB, 413],
    ]) {
      const told = await page.evaluate(async (size) => {
        const response = await fetch("/uploads", { method: "POST", body: new Blob([new Uint8Array(Number(size))]) });
        return `${response.status} ${await response.text()}`;
      }, bytes);
      expect(told).toMatch(new RegExp(`^${status} .*"message":"[^"]+"`));
    }
  });

  test("what breaks off leaves nothing, and is no error of ours", async () => {
    const before = (await stored()).length;
    const changes = watch(join(dataDir, "files", ".incoming"))[Symbol.asyncIterator]();
    /** Waits until so many more are stored, or on their way. */
    const until = async (count: number) => {
      do await changes.next();
      while ((await stored()).length !== before + count);
    };
    const image = solidPng();
    const socket = connect(on.gateway.port, "127.0.0.1");
    const arrives = until(1);
    socket.write(`POST /uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${image.length}\r\n\r\n`);
    socket.write(image.subarray(0, 1_000));
    await arrives;
    const goes = until(0);
    socket.destroy();
    await goes;
    await changes.return?.();
    expect(on.logLines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});

describe("who may upload", () => {
  const callers: Record<string, Partial<Caller>> = {
    reader: { scopes: new Set(["videos:read"]) },
    maker: { scopes: new Set(["videos:create"]) },
    admin: { scopes: new Set(["admin"]) },
  };
  const access = {
    isRequired: () => true,
    async authenticate(credential: string | null): Promise<Caller> {
      const known = callers[credential ?? ""];
      if (known === undefined) throw new ApiError("UNAUTHENTICATED");
      return { ...OPEN_CALLER, ...known };
    },
  };
  const as = (credential: string) => ({ authorization: `Bearer ${credential}` });

  test("who may make videos, and nobody else: those are refused before anything of the image is read", async () => {
    await using server = await startStubServer({ access });
    const send = (headers: Record<string, string>) => upload(endless(Buffer.from("GIF")).stream, headers, server);
    expect(await send({})).toMatchObject({ status: 401, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    expect(await send(as("stranger"))).toMatchObject({ status: 401 });
    expect(await send(as("reader"))).toMatchObject({
      status: 403,
      errors: [{ message: "This needs the scope VIDEOS_CREATE, and what you sent allows VIDEOS_READ." }],
    });
    // The stub's engine refuses whatever comes so far.
    for (const who of ["maker", "admin"]) expect(await send(as(who))).toMatchObject({ status: 400 });
  });

  test("uploads take turns with other large bodies, however small they are", async () => {
    const begun: (() => void)[] = [];
    const arrived = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
    await using server = await startStubServer({
      engine: {
        upload: () => {
          arrived[begun.length]?.resolve();
          return new Promise((_resolve, reject) => begun.push(() => reject(new ApiError("IMAGE_INVALID"))));
        },
      },
    });
    const sent = Array.from({ length: 3 }, () => upload(solidPng(), {}, server));
    // Two of one key, or of nobody in particular.
    await Promise.all([arrived[0]?.promise, arrived[1]?.promise]);
    const small = await fetch(`${server.url}/healthz`);
    expect([small.status, begun.length]).toEqual([200, 2]);
    begun[0]?.();
    await arrived[2]?.promise;
    for (const end of begun) end();
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([400, 400, 400]);
  });

  test("uploads count as requests", async () => {
    const requestLimits = { keyRequestsPerMinute: 1, subjectRequestsPerMinute: null };
    const viewer = { project: "default", subject: null, keyId: "key_1" };
    await using server = await startStubServer({
      requestLimits,
      access: { authenticate: async () => ({ ...OPEN_CALLER, viewer }) },
    });
    expect((await upload("no image", {}, server)).status).toBe(400);
    expect(await upload("no image", {}, server)).toMatchObject({
      status: 429,
      errors: [{ extensions: { code: "RATE_LIMITED" } }],
    });
  });

  test.each([
    ["TOO_MANY_UPLOADS", 409],
    ["FILE_UNAVAILABLE", 503],
    ["UNAVAILABLE", 503],
  ] as const)("%s is answered %i", async (code, status) => {
    await using server = await startStubServer({ engine: { upload: () => Promise.reject(new ApiError(code)) } });
    expect(await upload(solidPng(), {}, server)).toMatchObject({ status, errors: [{ extensions: { code } }] });
  });

  test("pages of other origins may, where they are allowed to", async () => {
    await using server = await startStubServer({ access, allowedOrigins: ["https://app.example.com"] });
    const preflight = await fetch(`${server.url}/uploads`, {
      method: "OPTIONS",
      headers: {
        origin: "https://app.example.com",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("https://app.example.com");
    expect(preflight.headers.get("access-control-allow-headers")).toMatch(/authorization.*content-type/);
  });
});

test("images in a bucket are shown from there, and handed upstream as data", async () => {
  await using s3 = await startS3Server();
  await using gateway = await startTestGateway({ configuration: { files: s3.files } });
  const image = solidPng();
  const { url } = await upload(image, {}, gateway);
  const response = await fetch(url, { redirect: "manual" });
  expect(response.status).toBe(302);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const shown = await fetch(String(response.headers.get("location")));
  expect(shown.headers.get("content-type")).toBe("image/png");
  expect(Buffer.from(await shown.arrayBuffer()).equals(image)).toBe(true);
  expect((await fetch(url, { method: "HEAD", redirect: "error" })).headers.get("content-type")).toBe("image/png");
  await gateway.graphql(CREATE_VIDEO, { input: { prompt: "a boat", imageUrl: url } });
  await gateway.emulator.until(() => gateway.emulator.accepted.length > 0);
  const [generation] = gateway.emulator.accepted;
  expect(generation?.body.image_url).toBe(`data:image/png;base64,${image.toString("base64")}`);
});

test("no line of the log has the address of an image, or anything of the image", () => {
  expect(on.logLines.filter((line) => line.includes("image uploaded")).length).toBeGreaterThan(3);
  for (const line of on.logLines) {
    expect(line).not.toContain("signature=");
    expect(line).not.toContain("base64");
  }
});
