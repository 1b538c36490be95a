import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askAs } from "./ask-as.ts";
import { type StubServer, startStubServer } from "./stub-engine.ts";

const STUDIO = "<!doctype html><title>The studio</title>";
const SCRIPT = "export const answer = 42;";
const browsing = { host: "video.example.com", accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

/** Built pages in a directory of their own, with a file beside them that is none of theirs. */
async function buildPages(ended: AsyncDisposableStack) {
  const root = await mkdtemp(join(tmpdir(), "reelwire-pages-"));
  ended.defer(() => rm(root, { recursive: true }));
  const directories = { studio: join(root, "studio"), graphiql: join(root, "graphiql") };
  for (const directory of Object.values(directories)) await mkdir(join(directory, "assets"), { recursive: true });
  await writeFile(join(root, "secret.txt"), "secret");
  await writeFile(join(directories.studio, "index.html"), STUDIO);
  await writeFile(join(directories.studio, "assets/app-1a2b.js"), SCRIPT);
  await writeFile(join(directories.studio, "assets/app-1a2b.js.br"), brotliCompressSync(SCRIPT));
  await writeFile(join(directories.studio, "assets/app-1a2b.js.gz"), gzipSync(SCRIPT));
  await writeFile(join(directories.graphiql, "index.html"), "<!doctype html><title>GraphiQL</title>");
  await writeFile(join(directories.graphiql, "assets/editor-3c4d.js"), SCRIPT);
  return directories;
}

const ended = new AsyncDisposableStack();
let server: StubServer;
beforeAll(async () => {
  const mediaOrigins = () => ["https://video.example.com", "https://bucket.example.com"];
  server = ended.use(
    await startStubServer({
      access: { isRequired: () => true },
      pages: { directories: await buildPages(ended), mediaOrigins },
    }),
  );
});
afterAll(() => ended.disposeAsync());

const get = (path: string, headers: Record<string, string> = browsing) => askAs(server.port, "GET", path, headers);

describe("the studio", () => {
  test.each(["/", "/index.html", "/videos/video_01kb3xrg9pf4bs2gq3yj3zc2tm", "/usage?by=day", "/videos/a.b"])(
    "is at %s, without a credential, to be asked for again each time",
    async (path) => {
      const { status, body, headers } = await get(path);
      expect([status, body, headers["content-type"]]).toEqual([200, STUDIO, "text/html; charset=utf-8"]);
      expect(headers["cache-control"]).toBe("no-cache");
      const again = await get(path, { ...browsing, "if-none-match": String(headers.etag) });
      expect([again.status, again.body]).toEqual([304, ""]);
    },
  );

  test("is at / for whoever asks, and for HEAD", async () => {
    expect(await get("/", { host: "video.example.com" })).toMatchObject({ status: 200, body: STUDIO });
    expect(await askAs(server.port, "HEAD", "/", browsing)).toMatchObject({ status: 200, body: "" });
  });

  test.each([
    ["br", "br", brotliCompressSync(SCRIPT).length],
    ["gzip, deflate", "gzip", gzipSync(SCRIPT).length],
    ["identity", undefined, SCRIPT.length],
  ])("has files that are kept for a year, compressed for `Accept-Encoding: %s`", async (accepted, encoding, length) => {
    const { status, headers } = await get("/assets/app-1a2b.js", { ...browsing, "accept-encoding": accepted });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "application/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "content-length": String(length),
      vary: expect.stringMatching(/accept-encoding/i),
    });
    expect(headers["content-encoding"]).toBe(encoding);
  });
});

describe("GraphiQL", () => {
  test("is at /graphiql/, and /graphiql leads there, wherever a proxy has put it", async () => {
    expect(await get("/graphiql")).toMatchObject({ status: 308, headers: { location: "graphiql/" } });
    expect(await get("/graphiql/")).toMatchObject({ status: 200, body: expect.stringContaining("GraphiQL") });
    const { status, headers } = await get("/graphiql/assets/editor-3c4d.js");
    expect([status, headers["cache-control"]]).toEqual([200, "public, max-age=31536000, immutable"]);
  });
});

describe("what is no page", () => {
  test.each([
    ["GET", "/nothing", "*/*"],
    ["GET", "/assets/app-0000.js", "*/*"],
    ["GET", "/graphiql/nothing", "text/html"],
    ["POST", "/", "text/html"],
    ["POST", "/videos/video_1", "text/html"],
    ["GET", "/../secret.txt", "*/*"],
    ["GET", "/%2e%2e/secret.txt", "*/*"],
    ["GET", "/..%2fsecret.txt", "*/*"],
    ["GET", "/assets/..%5c..%5csecret.txt", "*/*"],
    ["GET", "/graphiql/..%2f..%2fsecret.txt", "*/*"],
    ["GET", "/graphiql/../studio/assets/app-1a2b.js", "*/*"],
  ])("is answered as by the API, and is not kept: %s %s", async (method, path, accept) => {
    const { status, code, headers } = await askAs(server.port, method, path, { ...browsing, accept });
    expect([status, code, headers["cache-control"]]).toEqual([404, "NOT_FOUND", undefined]);
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  test("has the gateway's own answer, also for a browser", async () => {
    expect(await get("/healthz")).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    expect(await get("/files/video_1.mp4")).toMatchObject({ status: 404, code: "NOT_FOUND" });
    expect(await get("/graphql?query={__typename}")).toMatchObject({ status: 400, code: "BAD_REQUEST" });
  });
});

describe("browsers are told that a page", () => {
  test.each(["/", "/graphiql/", "/assets/app-1a2b.js"])(
    "is in no frame and tells nobody where it is: %s",
    async (path) => {
      expect((await get(path)).headers).toMatchObject({
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      });
    },
  );

  test.each(["/", "/graphiql/"])(
    "runs its own scripts and talks to its own gateway, and nothing else: %s",
    async (path) => {
      const { headers } = await get(path);
      const policy = String(headers["content-security-policy"]).split("; ");
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("connect-src 'self' ws://video.example.com wss://video.example.com");
      expect(policy).toContain("media-src 'self' blob: https://video.example.com https://bucket.example.com");
      expect(policy.filter((directive) => /^(?:script|worker|frame)-src/.test(directive))).toEqual([]);
      expect(policy).toContain(path === "/" ? "style-src 'self'" : "style-src 'self' 'unsafe-inline'");
    },
  );

  test("has no rule of whoever asks", async () => {
    const { headers } = await get("/", { host: "x; script-src *" });
    expect(headers["content-security-policy"]).toContain("connect-src 'self'; img-src");
  });
});

test.each(["/", "/graphiql/"])(
  "what was built for %s is there, with all that it names, and compressed",
  async (path) => {
    await using built = await startStubServer();
    const load = (address: string) =>
      fetch(new URL(address, `${built.url}${path}`), { headers: { "accept-encoding": "gzip" } });
    const named = (await (await load(path)).text()).matchAll(/(?:src|href)="([^":]+\.(?:js|css))"/g);
    const files = Array.from(named, ([, file = ""]) => file);
    expect(files.length).toBeGreaterThan(1);
    for (const file of [path, ...files]) {
      const { status, headers } = await load(file);
      expect([file, status, headers.get("content-encoding")]).toEqual([file, 200, "gzip"]);
    }
  },
);

test("pages that were not built are one line in the log, and in the answer; the API is there all the same", async () => {
  const nowhere = join(tmpdir(), "reelwire-never-built");
  const directories = { studio: join(nowhere, "studio"), graphiql: join(nowhere, "graphiql") };
  await using without = await startStubServer({ pages: { directories } });
  const said = without.logLines.filter((line) => line.includes("not built")).map((line) => JSON.parse(line).msg);
  expect(said).toEqual([
    'The studio was not built: run "npx -y pnpm@12 build", and start the gateway again.',
    'GraphiQL was not built: run "npx -y pnpm@12 build", and start the gateway again.',
  ]);
  const headers = { host: "127.0.0.1", accept: "text/html" };
  for (const [path, line] of [
    ["/", said[0]],
    ["/usage", said[0]],
    ["/graphiql/", said[1]],
  ]) {
    const { status, body } = await askAs(without.port, "GET", path, headers);
    expect([status, JSON.parse(body).errors[0].message]).toEqual([404, line]);
  }
  expect((await askAs(without.port, "GET", "/healthz", headers)).status).toBe(200);
});

test.each([
  ["a node that carries videos alone", { answersClients: false }, "/usage", 404],
  ["a gateway that is starting", { started: false }, "/", 503],
])("%s has no pages", async (_what, options, path, status) => {
  await using other = await startStubServer(options);
  const told = await askAs(other.port, "GET", path, { host: "127.0.0.1", accept: "text/html" });
  expect([told.status, told.headers["content-type"]]).toEqual([status, "application/json; charset=utf-8"]);
});
