import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { collectComplaints, playVideo, startBrowser } from "@reelwire/browser-for-tests";
import { type Emulator, startEmulator } from "@reelwire/emulator";
import { type RunningMain, runMain } from "@reelwire/gateway-for-tests";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runReelwire } from "./run-reelwire.ts";

const recipe = await readFile(new URL("../../../docs/authentication.md", import.meta.url), "utf8");

/** The first block of the document that has this text. */
function block(having: string): string {
  const blocks = [...recipe.matchAll(/```\w+\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  const found = blocks.find((text) => text.includes(having));
  if (found === undefined) throw new Error(`no block has ${having}`);
  return found;
}

/** What a line of the shell sets and runs: `NAME=value … npx -y pnpm@12 command …`. */
function shellLine(having: string): { variables: Record<string, string>; words: string[] } {
  const [line = ""] = block(having)
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((text) => text.includes(having));
  const words = line.trim().split(/\s+/);
  const command = words.indexOf("npx");
  expect(words.slice(command, command + 3)).toEqual(["npx", "-y", "pnpm@12"]);
  const variables = Object.fromEntries(words.slice(0, command).map((word) => word.split(/=(.*)/).slice(0, 2)));
  return { variables, words: words.slice(command + 3) };
}

const ended = new AsyncDisposableStack();
let emulator: Emulator;
let gateway: RunningMain;
let url: string;
let key: string;
let dataDir: string;
/** Where the app is; its pages and `/video-token` have one origin, as in most apps. */
let appUrl: string;
let page = "";
const routes = new Map<string, RequestListener>();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "reelwire-recipe-"));
  ended.defer(() => rm(dataDir, { recursive: true, force: true }));
  emulator = ended.use(await startEmulator({ clip: "cached", durationMs: 1_500 }));

  const app = createServer((request, response) => {
    const route = routes.get(`${request.method} ${request.url}`);
    if (route === undefined) response.writeHead(404).end();
    else route(request, response);
  });
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  ended.defer(
    () =>
      new Promise<void>((resolve) => {
        app.close(() => resolve());
        app.closeAllConnections();
      }),
  );
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;

  const upstream = {
    AIMLAPI_API_KEY: emulator.apiKey,
    AIMLAPI_BASE_URL: emulator.url,
    REELWIRE_DATA_DIR: dataDir,
  };

  // 1. A key.
  const { words } = shellLine("reelwire keys create --name web-server");
  const made = await runReelwire(words.slice(1), upstream);
  expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^rwk_\S+\n$/) });
  key = made.out.trim();

  // 2. The gateway: with the addresses of this test in place of the ones in the document.
  const start = shellLine("REELWIRE_PUBLIC_URL");
  expect(start.words).toEqual(["start"]);
  expect(start.variables).toEqual({
    HOST: "0.0.0.0",
    REELWIRE_PUBLIC_URL: "https://video.example.com",
    REELWIRE_ALLOWED_ORIGINS: "https://app.example.com",
  });
  // Loopback, as everything in tests; a key is asked for all the same. Its files are at the address it listens on then.
  gateway = ended.use(await runMain({ ...upstream, HOST: "127.0.0.1", REELWIRE_ALLOWED_ORIGINS: appUrl }));
  url = await gateway.ready;

  // 3. The app's server gives out tokens.
  const modules = join(dataDir, "app");
  await mkdir(join(modules, "node_modules/@reelwire"), { recursive: true });
  await symlink(
    fileURLToPath(new URL("../../../packages/core", import.meta.url)),
    join(modules, "node_modules/@reelwire/core"),
  );
  await writeFile(join(modules, "package.json"), '{ "type": "module" }');
  await writeFile(join(modules, "video-token.js"), block("// video-token.js"));
  vi.stubEnv("REELWIRE_URL", `${url}/graphql`);
  vi.stubEnv("REELWIRE_TOKEN", key);
  ended.defer(async () => {
    vi.unstubAllEnvs();
  });
  const { giveToken } = await import(pathToFileURL(join(modules, "video-token.js")).href);
  routes.set("POST /video-token", giveToken);

  // 4. The page.
  await writeFile(
    join(modules, "page.js"),
    block("// page.js").replace("https://video.example.com/graphql", `${url}/graphql`),
  );
  const bundled = await build({ entryPoints: [join(modules, "page.js")], bundle: true, format: "esm", write: false });
  const script = bundled.outputFiles[0]?.text ?? "";
  const elements = /`(<progress>.*?<\/video>)`/.exec(recipe)?.[1] ?? "";
  page = `<!doctype html><title>boat</title><link rel="icon" href="data:,"><body>${elements}<script type="module" src="/page.js"></script>`;
  routes.set("GET /", (_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(page);
  });
  routes.set("GET /page.js", (_request, response) => {
    response.writeHead(200, { "content-type": "text/javascript" }).end(script);
  });
});
afterAll(() => ended.disposeAsync());

test("a signed-in browser makes a video, watches it, and plays it", async () => {
  await using browser = await startBrowser();
  const context = await browser.newContext();
  await context.addCookies([{ name: "user", value: "ada", url: appUrl }]);
  const tab = await context.newPage();
  const complaints = collectComplaints(tab);
  await tab.goto(appUrl);
  await tab.locator("output", { hasText: "COMPLETED" }).waitFor();
  // As text, since what runs in the page has other types than what runs here.
  expect(await tab.evaluate("document.querySelector('progress').value")).toBe(1);
  await playVideo(tab);
  expect(complaints).toEqual([]);
  expect(emulator.accepted).toHaveLength(1);
});

test("a browser that is not signed in is given no token, and makes nothing", async () => {
  const before = emulator.accepted.length;
  await using browser = await startBrowser();
  const tab = await browser.newPage();
  const failed = tab.waitForEvent("pageerror");
  await tab.goto(appUrl);
  expect(String(await failed)).toContain("There is no token to send");
  expect(emulator.accepted).toHaveLength(before);
});
