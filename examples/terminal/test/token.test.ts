import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Program } from "./child-process.ts";

const root = new URL("../../../", import.meta.url);
const main = new URL("examples/terminal/src/main.ts", root);
const CREATE_KEY =
  'mutation { createApiKey(input: { name: "me", scopes: [VIDEOS_CREATE, VIDEOS_READ, ADMIN] }) { secret } }';

const ended = new AsyncDisposableStack();
let url: string;
let key: string;

/** The command against a gateway that asks who somebody is. */
const example = (args: string[], env: NodeJS.ProcessEnv = {}) => new Program(main, ["--url", url, ...args], { env });

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "reelwire-example-"));
  ended.defer(() => rm(directory, { recursive: true, force: true }));
  const env = { PORT: "0", REELWIRE_DATA_DIR: join(directory, "data") };
  const gateway = ended.use(new Program(new URL("apps/gateway/dist/main.js", root), [], { env }));
  url = await gateway.wrote(/GraphQL +(\S+)/);
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: CREATE_KEY }),
  });
  const { data } = (await response.json()) as { data: { createApiKey: { secret: string } } };
  key = data.createApiKey.secret;
});
afterAll(() => ended.disposeAsync());

test.each([
  ["from REELWIRE_TOKEN", () => ({ args: [], env: { REELWIRE_TOKEN: key } })],
  ["from --token", () => ({ args: ["--token", key], env: {} })],
])("a key %s is sent, and shown nowhere", async (_, given) => {
  const { args, env } = given();
  await using program = example(["a paper boat [fault:stuck]", ...args], env);
  const id = await program.wrote(/^(video_\w+)$/m);
  program.interrupt();
  expect(await program.exitCode()).toBe(130);
  expect(program.stderr).toContain(
    `--watch ${id} --url ${url}${args.length > 0 ? ' --token "$REELWIRE_TOKEN"' : ""}\n`,
  );
  expect(program.stderr).not.toContain(key);
});

test.each([[{}], [{ REELWIRE_TOKEN: "" }]])(
  "none, with the environment %j: how to give one, and exit code 1",
  async (env) => {
    await using program = example(["a paper boat"], env);
    expect(await program.exitCode()).toBe(1);
    expect(program.stderr).toBe(
      "This gateway asks who you are: give an API key or access token as REELWIRE_TOKEN or with --token.\n",
    );
  },
);

test("one that is nobody's: what the gateway says of it, and exit code 1", async () => {
  await using program = example(["a paper boat", "--token", "rwk_nobody"]);
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toMatch(/^UNAUTHENTICATED: .+\n$/);
});

test("one that cannot be: one line that does not show it, and exit code 1", async () => {
  await using program = example(["a paper boat", "--token", "se cret"]);
  expect(await program.exitCode()).toBe(1);
  expect(program.stderr).toBe("The token has characters that no token has.\n");
});
