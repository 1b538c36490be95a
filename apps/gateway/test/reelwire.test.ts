import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "@reelwire/emulator";
import { runMain } from "@reelwire/gateway-for-tests";
import { describe, expect, onTestFinished, test } from "vitest";
import { postgresUrl } from "./postgres-url.ts";
import { runReelwire } from "./run-reelwire.ts";
import { CREATE_VIDEO, createTestClient, postGraphql, VIDEO_STATUS } from "./test-gateway.ts";

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "reelwire-cli-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

interface SeenVideo {
  status: string;
  url: string;
}

/** The last that a gateway tells of a video for which `matches`. */
async function untilVideo(url: string, id: string, matches: (video: SeenVideo) => boolean) {
  const client = createTestClient(url);
  try {
    const updates = client.iterate<{ videoStatus: SeenVideo }>({ query: VIDEO_STATUS, variables: { id } });
    for await (const { data } of updates) {
      if (data && matches(data.videoStatus)) return data.videoStatus;
    }
  } finally {
    await client.dispose();
  }
  throw new Error("the stream ended before");
}

const isCompleted = ({ status }: SeenVideo) => status === "COMPLETED";

// Nine processes, one after another, most of which open a database.
const PATIENCE_MS = 120_000;

test("a gateway moves to PostgreSQL with its videos, finished or not, their files and their addresses", {
  timeout: PATIENCE_MS,
}, async () => {
  await using emulator = await startEmulator({ clip: "cached", clock: "stepped", durationMs: 60_000 });
  const upstream = { AIMLAPI_API_KEY: emulator.apiKey, AIMLAPI_BASE_URL: emulator.url };
  const directory = await temporaryDirectory();
  const embedded = { ...upstream, REELWIRE_DATA_DIR: join(directory, "data") };
  const file = join(directory, "videos.jsonl");
  const create = async (url: string, prompt: string): Promise<string> => {
    const { data } = await postGraphql(url, CREATE_VIDEO, { input: { prompt } });
    return data.createVideo.video.id;
  };

  await using before = await runMain(embedded);
  const oldUrl = await before.ready;
  const done = await create(oldUrl, "a paper boat");
  await emulator.until(() => emulator.accepted.length === 1);
  emulator.clock.advance(60_000);
  const { url: address } = await untilVideo(oldUrl, done, isCompleted);
  const bytes = Buffer.from(await (await fetch(address)).arrayBuffer());
  const underWay = await create(oldUrl, "another boat");
  await emulator.until(() => emulator.accepted.length === 2);

  expect(await runReelwire(["export", file], embedded)).toEqual({
    code: 1,
    out: "",
    err: expect.stringMatching(/^reelwire: The data directory [^\n]+\n$/),
  });
  expect(await readdir(directory)).toEqual(["data"]);
  before.child.kill("SIGTERM");
  await before.exited;

  const exported = await runReelwire(["export", file], embedded);
  expect(exported).toMatchObject({ code: 0, out: "" });
  expect(exported.err).toContain(`Exported 2 videos from the embedded database in ${join(directory, "data")}.\n`);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const piped = await runReelwire(["export"], embedded);
  expect(piped.out).toBe(await readFile(file, "utf8"));

  const shared = { ...upstream, DATABASE_URL: await postgresUrl(), REELWIRE_FILES_DIR: join(directory, "shared") };
  const imported = await runReelwire(["import", "-"], shared, piped.out);
  expect(imported).toEqual({
    code: 0,
    out: expect.stringMatching(
      /^Imported 2 videos into the database test_\w+ of PostgreSQL at [^\n]+\.\n1 of them [^\n]+\nFiles of videos, and uploaded images, are looked for in [^\n]+shared; there should be 1\.\n.*--files/,
    ),
    err: "",
  });
  const again = await runReelwire(["import", file], shared);
  expect(again).toEqual({
    code: 1,
    out: "",
    err: expect.stringMatching(/^reelwire: The database has 2 videos, [^\n]+\n$/),
  });

  const wrongFiles = await runReelwire(["import", "--files", directory], shared);
  expect(wrongFiles).toMatchObject({ code: 1, err: expect.stringMatching(/^reelwire: 1 file [^\n]+\n$/) });
  const copy = () => runReelwire(["import", "--files", join(directory, "data", "files")], shared);
  expect((await copy()).out).toBe(`Copied 1 file to ${join(directory, "shared")}; 0 were there already.\n`);
  expect(await copy()).toMatchObject({ code: 0, out: expect.stringContaining("Copied 0 files"), err: "" });

  await using after = await runMain(shared);
  const newUrl = await after.ready;
  const { url: newAddress } = await untilVideo(newUrl, done, isCompleted);
  expect(newAddress).toBe(address.replace(oldUrl, newUrl));
  expect(Buffer.from(await (await fetch(newAddress)).arrayBuffer()).equals(bytes)).toBe(true);
  emulator.clock.advance(60_000);
  await untilVideo(newUrl, underWay, isCompleted);
  expect(emulator.accepted).toHaveLength(2);
});

describe("what cannot be done is one line", () => {
  test.each([
    ["export with no database", ["export"], {}, 1, "There is no embedded database in "],
    ["import of nothing", ["import"], {}, 1, "Name a file to import, or "],
    [
      "a file that is not there",
      ["import", "/nowhere/videos.jsonl"],
      {},
      1,
      "/nowhere/videos.jsonl cannot be read: no such ",
    ],
    ["a directory for a file", ["import", "/"], {}, 1, "/ cannot be read: "],
    ["files from no directory", ["import", "--files", "/nowhere"], {}, 1, "/nowhere is not a directory "],
    ["an empty file", ["import", "-"], {}, 1, "The file cannot be imported, since it is empty. "],
    [
      "an export to where none can be",
      ["export", "/nowhere/videos.jsonl"],
      {},
      1,
      "/nowhere/videos.jsonl cannot be written: ",
    ],
    ["a wrong variable", ["export"], { DATABASE_URL: "localhost" }, 1, "DATABASE_URL must be an address "],
    [
      "a server that is away",
      ["export"],
      { DATABASE_URL: "postgres://127.0.0.1:1/videos" },
      1,
      "PostgreSQL at 127.0.0.1:1 cannot be ",
    ],
    ["an unknown command", ["sing"], {}, 2, "unknown command 'sing'"],
    ["an unknown option", ["export", "--loud"], {}, 2, "unknown option '--loud'"],
    ["one file too many", ["export", "a", "b"], {}, 2, "too many arguments for 'export'"],
  ])("%s", async (_what, parameters, variables, code, beginning) => {
    const REELWIRE_DATA_DIR = join(await temporaryDirectory(), "data");
    const run = await runReelwire(parameters, { REELWIRE_DATA_DIR, ...variables });
    expect(run).toMatchObject({ code, out: "" });
    expect(run.err.startsWith(`reelwire: ${beginning}`), run.err).toBe(true);
    expect(run.err.match(/\n/g)).toHaveLength(1);
  });

  test("a file that is there already, which stays as it is", async () => {
    const directory = await temporaryDirectory();
    const file = join(directory, "videos.jsonl");
    await writeFile(file, "precious");
    const run = await runReelwire(["export", file], { REELWIRE_DATA_DIR: directory });
    expect(run).toEqual({
      code: 1,
      out: "",
      err: `reelwire: ${file} exists already: name another file, or delete it.\n`,
    });
    expect(await readFile(file, "utf8")).toBe("precious");
  });

  test("a damaged file, of which nothing is kept", async () => {
    const directory = await temporaryDirectory();
    const from = { REELWIRE_DATA_DIR: join(directory, "data") };
    const DATABASE_URL = await postgresUrl();
    const none = await runReelwire(["export"], { DATABASE_URL });
    expect(none).toMatchObject({ code: 0, err: expect.stringContaining("Exported 0 videos") });
    const damaged = await runReelwire(["import", "-"], from, none.out.slice(0, -10));
    expect(damaged).toEqual({
      code: 1,
      out: "",
      err: "reelwire: The file cannot be imported, since it is cut off. Export again; nothing was changed.\n",
    });
    expect(await runReelwire(["import", "-"], from, none.out)).toMatchObject({ code: 0, err: "" });
  });
});

test("without a command it says what there is", async () => {
  const run = await runReelwire(["--help"], {});
  expect(run).toMatchObject({ code: 0, err: "" });
  for (const command of ["start", "export", "import", "keys"]) expect(run.out).toContain(`\n  ${command} `);
});
