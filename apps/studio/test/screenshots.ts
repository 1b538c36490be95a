/**
 * Makes `docs/pictures/*.png`: `npx -y pnpm@12 --filter @reelwire/studio screenshots`, after a build. What is seen was made by a gateway in
 * front of the emulator, in the last weeks by the gateway's clock and all of it in a few minutes by ours.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pngQuantizeSync } from "@napi-rs/image";
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
/** For the README: none is larger. */
const MOST_BYTES = 150_000;

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

const FAILING = "A glass skyscraper reflecting a sunset";
const CANCELED = "A whale made of clouds";
const RUNNING = "A paper boat on a rainy street, close to the ground, neon in the puddles";

const TODAY: readonly CreateVideoInput[] = [
  {
    prompt: "A lighthouse in a winter storm, waves breaking over the rocks, seen from a drone",
    externalId: "campaign-41",
  },
  { prompt: "Steam rising from a cup of coffee on a wooden table, first light of the morning", generateAudio: false },
  { prompt: FAILING },
  { prompt: "A hedgehog rides the tram through Lisbon, film grain, 35 mm", externalId: "hedgehog-7" },
  { prompt: "Macro shot of dew running down a blade of grass", resolution: "P1080" },
  { prompt: "Paper lanterns drifting up over a river at night", aspectRatio: "PORTRAIT_9_16" },
  { prompt: "A vintage car crosses a desert at golden hour, dust trailing behind it" },
  { prompt: "Two astronauts playing chess on the moon", personGeneration: "ALLOW_ADULT" },
  { prompt: "An origami crane unfolds itself into a map of the world", externalId: "campaign-42" },
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

/** Makes them one after the other, so that they stand in this order. */
async function makeAll(
  connection: Connection,
  emulator: Emulator,
  inputs: readonly CreateVideoInput[],
  fails: (input: CreateVideoInput, index: number) => boolean,
): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, input] of inputs.entries()) {
    const before = emulator.accepted.length;
    if (fails(input, index)) emulator.faults.next({ on: "generation", fault: "generation-error" });
    ids.push((await createVideo(connection, input)).video.id);
    await emulator.until(() => emulator.accepted.length > before);
  }
  return ids;
}

async function makeBefore(): Promise<void> {
  const emulator = started.use(await startEmulator({ clip: "cached", durationMs: 500, chargeDelayMs: 0 }));
  for (const [daysAgo, count] of BEFORE) {
    await using gateway = await runDaysAgo(daysAgo, emulator);
    const connection = createConnection({ url: `${await gateway.ready}/graphql` });
    const inputs = Array.from({ length: count }, (_, index) => ({
      prompt: TODAY[(index + daysAgo) % TODAY.length]?.prompt ?? "",
      durationSeconds: [4, 6, 8][index % 3] ?? 8,
      resolution: index % 4 === 0 ? ("P1080" as const) : ("P720" as const),
      // How long videos with sound take is learned from today's alone: these take no time.
      generateAudio: false,
    }));
    const ids = await makeAll(connection, emulator, inputs, (_, index) => index % 5 === 4);
    await Promise.all(ids.map((id) => untilFinal(connection, id)));
    connection.close();
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await save(page, `${name}-${colorScheme}`);
  }
}

/** With as many colours as it may have. */
async function save(page: Page, name: string): Promise<void> {
  const png = pngQuantizeSync(await page.screenshot(), { minQuality: 0, maxQuality: 100, speed: 1 });
  if (png.length > MOST_BYTES) throw new Error(`${name}.png has ${png.length} bytes.`);
  await writeFile(join(DIRECTORY, `${name}.png`), png);
}

async function openPage(browser: Browser, url: string, colorScheme: "light" | "dark" = "light"): Promise<Page> {
  const page = await browser.newPage({ viewport: VIEWPORT, colorScheme });
  await page.goto(url);
  return page;
}

async function halfDone(page: Page): Promise<void> {
  await page.waitForFunction(
    () => Number(document.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow")) >= 45,
  );
}

async function shootGraphiql(browser: Browser, url: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    const page = await openPage(browser, `${url}/graphiql/`, colorScheme);
    await page.locator(".view-lines").filter({ hasText: "mutation CreateVideo" }).waitFor();
    await page.getByRole("button", { name: /Execute query/ }).click();
    await page.locator(".graphiql-response .view-lines").filter({ hasText: "video_" }).waitFor();
    await save(page, `graphiql-${colorScheme}`);
  }
}

async function shootAll(): Promise<void> {
  const emulator = started.use(
    await startEmulator({
      durationMs: ({ prompt }) => ([RUNNING, CANCELED].includes(prompt) ? 60_000 : 20_000),
      chargeDelayMs: 0,
    }),
  );
  const gateway = started.use(await runDaysAgo(0, emulator));
  const url = await gateway.ready;
  const connection = createConnection({ url: `${url}/graphql` });
  started.defer(() => connection.close());
  const browser = started.use(await startBrowser());

  const finished = await makeAll(connection, emulator, TODAY, ({ prompt }) => prompt === FAILING);
  await Promise.all(finished.map((id) => untilFinal(connection, id)));
  const others = [{ prompt: CANCELED }, { prompt: RUNNING }];
  const [canceled = ""] = await makeAll(connection, emulator, others, () => false);
  await cancelVideo(connection, canceled);

  const gallery = await openPage(browser, `${url}/videos`);
  await halfDone(gallery);
  await gallery.waitForFunction(() => {
    const stills = Array.from(document.querySelectorAll("video"));
    return stills.length >= 6 && stills.every(({ readyState }) => readyState >= HTMLMediaElement.HAVE_CURRENT_DATA);
  });
  await shoot(gallery, "videos");

  const video = await openPage(browser, `${url}/videos/${finished[3]}`);
  await video.waitForFunction(() => document.querySelector("video")?.readyState === HTMLMediaElement.HAVE_ENOUGH_DATA);
  await video.getByText("in all").waitFor();
  await shoot(video, "video");

  const usage = await openPage(browser, `${url}/usage`);
  await usage.locator(".recharts-bar-rectangle path").first().waitFor();
  await shoot(usage, "usage");

  const create = await openPage(browser, url);
  await create.getByRole("textbox", { name: "What should it show?" }).fill(RUNNING);
  await create.getByText("per second").waitFor();
  await create.getByRole("button", { name: "Make the video" }).click();
  await halfDone(create);
  await shoot(create, "create");

  await shootGraphiql(browser, url);
}

try {
  await mkdir(DIRECTORY, { recursive: true });
  await makeBefore();
  await shootAll();
} finally {
  await started.disposeAsync();
}
