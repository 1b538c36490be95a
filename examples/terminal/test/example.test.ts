import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Program } from "./child-process.ts";

const root = new URL("../../../", import.meta.url);
const main = new URL("examples/terminal/src/main.ts", root);

const ended = new AsyncDisposableStack();
let directory: string;
let url: string;

/** The command, in a directory of its own, against the gateway. */
const example = (...args: string[]) => new Program(main, ["--url", url, ...args], { cwd: directory });

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
  const [id, ...statuses] = program.stderr.trimEnd().split("\n");
  expect(id).toMatch(/^video_[0-9a-z]{26}$/);
  expect(statuses[0]).toBe("ACCEPTED");
  expect(statuses.at(-1)).toBe("COMPLETED");
  expect(program.stdout).toMatch(new RegExp(`^/.+/videos/${id}\\.mp4\n$`));
  expect((await readFile(program.stdout.trimEnd())).toString("latin1", 4, 8)).toBe("ftyp");
});

test("a video is watched again, and saved where it is asked for", async () => {
  await using first = example("a paper boat", "--out", "first.mp4");
  const id = await first.wrote(/^(video_\w+)$/m);
  await using second = example("--watch", id, "--out", "out/second.mp4");
  expect([await first.exitCode(), await second.exitCode()]).toEqual([0, 0]);
  const files = await Promise.all(["first.mp4", "out/second.mp4"].map((path) => readFile(join(directory, path))));
  expect(files[0]?.equals(files[1] ?? Buffer.alloc(0))).toBe(true);
});

test("Ctrl-C stops watching, and says how to come back to this gateway", async () => {
  await using program = example("a paper boat [fault:stuck]", "--out", "it's.mp4");
  const id = await program.wrote(/^(video_\w+)$/m);
  await program.wrote(/^ACCEPTED$/m);
  program.interrupt();
  expect(await program.exitCode()).toBe(130);
  expect(program.stdout).toBe("");
  expect(program.stderr).toMatch(/: npx -y pnpm@12 example .+\n$/);
  expect(program.stderr).toContain(` example --watch ${id} --out 'it'\\''s.mp4' --url ${url}\n`);
});

test("a file that the gateway does not have yet is asked for until it has it", async () => {
  await using program = example("a paper boat [fault:file/unavailable*3]");
  expect(await program.exitCode(), program.stderr).toBe(0);
  expect(program.stderr).toMatch(/^FILE_UNAVAILABLE: .+ Trying again in 5 s\.$/m);
  expect((await readFile(program.stdout.trimEnd())).toString("latin1", 4, 8)).toBe("ftyp");
});

test("a file that cannot be written: how to fetch it all the same, and exit code 1", async () => {
  await using program = example("a paper boat", "--out", "/dev/null/a.mp4");
  expect(await program.exitCode()).toBe(1);
  const id = await program.wrote(/^(video_\w+)$/m);
  expect(program.stderr).toContain(`Fetch it later: npx -y pnpm@12 example --watch ${id} `);
  const [, address = ""] = /^Its address: (.+)$/m.exec(program.stderr) ?? [];
  expect((await fetch(address)).headers.get("content-type")).toBe("video/mp4");
});

test("a video that fails: its code and message, and exit code 1", async () => {
  await using program = example("a paper boat [fault:invalid-body]");
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toMatch(/^UPSTREAM_INPUT_REJECTED: .+\n$/m);
});

test("what the gateway refuses: its code and message, and exit code 1", async () => {
  await using program = example("--watch", "video_00000000000000000000000000");
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toBe("NOT_FOUND: There is no such thing, or it is not yours to see.\n");
});

test.each([
  [["a paper boat"], "http://127.0.0.1:9/graphql", "Start one first, in another terminal: PORT=9 npx -y pnpm@12 start"],
  [["--watch", "video_1"], "http://127.0.0.1:9/api", "Is the address right, and does it run?"],
])("no gateway for %s at %s: one line, and exit code 1", async (args, address, hint) => {
  await using program = example(...args, "--url", address);
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toBe(`No gateway answers at ${address}. ${hint}\n`);
});

test.each(["notaurl", "ftp://x"])("%s is no address: one line, and exit code 1", async (address) => {
  await using program = example("a paper boat", "--url", address);
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toMatch(/^error: .+ An http\(s\) address is needed, such as \S+\n$/);
});

test("the address from REELWIRE_URL", async () => {
  const env = { ...process.env, REELWIRE_URL: url };
  await using program = new Program(main, ["a paper boat [fault:invalid-body]"], { cwd: directory, env });
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toContain("UPSTREAM_INPUT_REJECTED");
});

test("nothing asked for: it says what to say", async () => {
  await using program = example();
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toContain("Say what the video should show");
});
