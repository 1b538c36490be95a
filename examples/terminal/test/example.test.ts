import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Program } from "./child-process.ts";

const root = new URL("../../../", import.meta.url);

const ended = new AsyncDisposableStack();
let directory: string;
let url: string;

/** The command, in a directory of its own, against the gateway. */
const example = (...args: string[]) =>
  new Program(new URL("examples/terminal/src/main.ts", root), ["--url", url, ...args], { cwd: directory });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "reelwire-example-"));
  ended.defer(() => rm(directory, { recursive: true, force: true }));
  const emulator = ended.use(
    new Program(new URL("packages/emulator/dist/main.js", root), [
      "--port",
      "0",
      "--clip",
      "cached",
      "--duration",
      "1000",
    ]),
  );
  const [upstream, key] = (await emulator.wrote(/listening on (\S+ \(key: [^)]+)\)/)).split(" (key: ");
  const gateway = ended.use(
    new Program(new URL("apps/gateway/dist/main.js", root), [], {
      env: {
        PORT: "0",
        REELWIRE_DATA_DIR: join(directory, "data"),
        AIMLAPI_BASE_URL: upstream,
        AIMLAPI_API_KEY: key,
      },
    }),
  );
  url = await gateway.wrote(/GraphQL +(\S+)/);
});
afterAll(() => ended.disposeAsync());

test("a prompt becomes a file, and every status is told on the way", async () => {
  await using program = example("a", "paper", "boat", "--duration", "4", "--portrait", "--no-sound");
  expect(await program.exitCode(), program.stderr).toBe(0);
  const [id, ...lines] = program.stdout.trimEnd().split("\n");
  const path = lines.pop() ?? "";
  expect(id).toMatch(/^video_[0-9a-z]{26}$/);
  expect(lines[0]).toBe("ACCEPTED");
  expect(lines.at(-1)).toBe("COMPLETED");
  expect(path).toMatch(new RegExp(`/videos/${id}\\.mp4$`));
  expect((await readFile(path)).toString("latin1", 4, 8)).toBe("ftyp");
});

test("a video is watched again, and saved where it is asked for", async () => {
  await using first = example("a paper boat", "--out", "first.mp4");
  const id = await first.wrote(/^(video_\w+)$/m);
  await using second = example("--watch", id, "--out", "out/second.mp4");
  expect([await first.exitCode(), await second.exitCode()]).toEqual([0, 0]);
  const files = await Promise.all(["first.mp4", "out/second.mp4"].map((path) => readFile(join(directory, path))));
  expect(files[0]?.equals(files[1] ?? Buffer.alloc(0))).toBe(true);
});

test("Ctrl-C stops watching, and says how to come back", async () => {
  await using program = example("a paper boat [fault:stuck]");
  const id = await program.wrote(/^(video_\w+)$/m);
  await program.wrote(/^ACCEPTED$/m);
  program.interrupt();
  expect(await program.exitCode()).toBe(130);
  expect(program.stderr).toContain(`example --watch ${id}`);
});

test("a video that fails: its code and message, and exit code 1", async () => {
  await using program = example("a paper boat [fault:invalid-body]");
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toMatch(/^UPSTREAM_INPUT_REJECTED: .+\n$/);
});

test("what the gateway refuses: its code and message, and exit code 1", async () => {
  await using program = example("--watch", "video_00000000000000000000000000");
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toBe("NOT_FOUND: There is no such video, or it is not yours to see.\n");
});

test("no gateway: one line that says to start it, and exit code 1", async () => {
  await using program = example("a paper boat", "--url", "http://127.0.0.1:9/graphql");
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toBe(
    "No gateway answers at http://127.0.0.1:9/graphql. Start one first, in another terminal: npx -y pnpm@12 start\n",
  );
});

test("nothing asked for: it says what to say", async () => {
  await using program = example();
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toContain("Say what the video should show");
});
