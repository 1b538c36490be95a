/**
 * Makes `docs/pictures/*.png`: `npx -y pnpm@12 --filter @reelwire/studio screenshots`, after a build. What is seen was made by a gateway in
 * front of the emulator, in the last weeks by the gateway's clock and all of it in a few minutes by ours.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBrowser } from "@reelwire/browser-for-tests";
import { type Emulator, startEmulator } from "@reelwire/emulator";
import { type RunningMain, runMain } from "@reelwire/gateway-for-tests";
import {
  type Connection,
  type CreateVideoInput,
  cancelVideo,
  createConnection,
  createVideo,
  watchVideo,
} from "@reelwire/react";
import type { Browser, Page } from "playwright-core";

const DIRECTORY = process.argv[2] ?? fileURLToPath(new URL("../../../docs/pictures", import.meta.url));
const VIEWPORT = { width: 1280, height: 800 };
const DAY_MS = 86_400_000;

/** How many videos were made so many days ago; today's are below. */
const BEFORE: readonly (readonly [daysAgo: number, videos: number])[] = [
  [27, 2],
  [24, 5],
  [22, 3],
  [20, 7],
  [17, 4],
  [15, 9],
  [13, 6],
  [11, 2],
  [9, 8],
  [7, 11],
  [5, 5],
  [3, 9],
  [2, 12],
  [1, 7],
];

const TODAY: readonly CreateVideoInput[] = [
  {
    prompt: "A lighthouse in a winter storm, waves breaking over the rocks, seen from a drone",
    externalId: "campaign-41",
  },
  { prompt: "Steam rising from a cup of coffee on a wooden table, first light of the morning", generateAudio: false },
  { prompt: "A glass skyscraper reflecting a sunset [fault:generation-error]" },
  { prompt: "A hedgehog rides the tram through Lisbon, film grain, 35 mm", externalId: "hedgehog-7" },
  { prompt: "Macro shot of dew running down a blade of grass", resolution: "P1080" },
  { prompt: "Paper lanterns drifting up over a river at night", aspectRatio: "PORTRAIT_9_16" },
  { prompt: "A vintage car crosses a desert at golden hour, dust trailing behind it" },
  { prompt: "Two astronauts playing chess on the moon", personGeneration: "ALLOW_ADULT" },
  { prompt: "An origami crane unfolds itself into a map of the world", externalId: "campaign-42" },
  { prompt: "A paper boat on a rainy street, close to the ground, neon in the puddles" },
];

const started = new AsyncDisposableStack();
const dataDir = await mkdtemp(join(tmpdir(), "reelwire-screenshots-"));
started.defer(() => rm(dataDir, { recursive: true, force: true }));

/** A gateway that believes it is so many days ago. */
async function runDaysAgo(daysAgo: number, emulator: Emulator): Promise<RunningMain> {
  const shifted = `
    const Now = Date, shift = ${-daysAgo * DAY_MS};
    globalThis.Date = class extends Now {
      constructor(...given) { given.length === 0 ? super(Now.now() + shift) : super(...given); }
      static now() { return Now.now() + shift; }
    };`;
  return await runMain({
    REELWIRE_DATA_DIR: dataDir,
    AIMLAPI_API_KEY: emulator.apiKey,
    AIMLAPI_BASE_URL: emulator.url,
    REELWIRE_TYPICAL_GENERATION_SECONDS: daysAgo === 0 ? "20" : "1",
    ...(daysAgo > 0 && { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shifted)}` }),
  });
}

async function untilFinal(connection: Connection, id: string): Promise<void> {
  for await (const _ of watchVideo(connection, id));
}

async function makeAll(connection: Connection, inputs: readonly CreateVideoInput[]): Promise<string[]> {
  const ids: string[] = [];
  // One after the other, so that they stand in this order.
  for (const input of inputs) ids.push((await createVideo(connection, input)).video.id);
  return ids;
}

async function makeBefore(): Promise<void> {
  const emulator = started.use(await startEmulator({ clip: "cached", durationMs: 500, chargeDelayMs: 0 }));
  for (const [daysAgo, count] of BEFORE) {
    await using gateway = await runDaysAgo(daysAgo, emulator);
    const connection = createConnection({ url: `${await gateway.ready}/graphql` });
    const inputs = Array.from({ length: count }, (_, index) => ({
      prompt: `${TODAY[(index + daysAgo) % TODAY.length]?.prompt ?? ""}${index % 5 === 4 ? " [fault:generation-error]" : ""}`,
      durationSeconds: [4, 6, 8][index % 3] ?? 8,
      resolution: index % 4 === 0 ? ("P1080" as const) : ("P720" as const),
    }));
    const ids = await makeAll(connection, inputs);
    await Promise.all(ids.map((id) => untilFinal(connection, id)));
    connection.close();
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.screenshot({ path: join(DIRECTORY, `${name}-${colorScheme}.png`) });
  }
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(url);
  return page;
}

async function shootAll(): Promise<void> {
  const emulator = started.use(
    await startEmulator({
      durationMs: ({ prompt }) => (prompt.startsWith("A paper boat") ? 45_000 : 6_000),
      clock: "real",
      chargeDelayMs: 0,
    }),
  );
  const gateway = started.use(await runDaysAgo(0, emulator));
  const url = await gateway.ready;
  const connection = createConnection({ url: `${url}/graphql` });
  started.defer(() => connection.close());
  const browser = started.use(await startBrowser());

  const finished = await makeAll(connection, TODAY.slice(0, -1));
  await Promise.all(finished.map((id) => untilFinal(connection, id)));
  const [canceled] = await makeAll(connection, [{ prompt: "A whale made of clouds [fault:stuck]" }]);
  if (canceled !== undefined) await cancelVideo(connection, canceled);
  await makeAll(connection, TODAY.slice(-1));

  const gallery = await openPage(browser, `${url}/videos`);
  await gallery.getByRole("progressbar").first().waitFor();
  await gallery.locator("video").nth(5).waitFor();
  await gallery.waitForFunction(() =>
    Array.from(document.querySelectorAll("video"))
      .slice(0, 8)
      .every((video) => video.readyState >= 2),
  );
  await shoot(gallery, "videos");

  const video = await openPage(browser, `${url}/videos/${finished[3]}`);
  await video.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 2);
  await video.getByText("in all").waitFor();
  await shoot(video, "video");

  const usage = await openPage(browser, `${url}/usage`);
  await usage.locator(".recharts-bar-rectangle").first().waitFor();
  await shoot(usage, "usage");
}

try {
  await mkdir(DIRECTORY, { recursive: true });
  await makeBefore();
  await shootAll();
} finally {
  await started.disposeAsync();
}
