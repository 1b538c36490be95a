import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningMain, runMain } from "@reelwire/gateway-for-tests";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { postgresUrl } from "./postgres-url.ts";
import { runReelwire } from "./run-reelwire.ts";

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "reelwire-keys-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** How a gateway answers whoever sends this. */
async function codeFor(url: string, secret: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret.trim()}` },
    body: JSON.stringify({ query: "{ videos { nodes { id } } }" }),
  });
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
  return errors?.[0]?.extensions.code ?? "answered";
}

const SECRET = /^rwk_[a-z0-9]{26}_[\w-]{43}\n$/;

const idOf = (secret: string) => secret.replace(/^rwk_([a-z0-9]+)_.*\n$/s, "key_$1");

async function stopped(main: RunningMain, signal: NodeJS.Signals): Promise<void> {
  main.child.kill(signal);
  await main.exited;
}

// Up to a dozen processes, one after another, most of which open a database.
const PATIENCE_MS = 120_000;

test("keys are made before a gateway runs, beside it, and after it was killed", { timeout: PATIENCE_MS }, async () => {
  const REELWIRE_DATA_DIR = join(await temporaryDirectory(), "data");
  const reelwire = (...parameters: string[]) => runReelwire(["keys", ...parameters], { REELWIRE_DATA_DIR });

  const first = await reelwire("create", "--name", "web-server");
  expect(first).toMatchObject({ code: 0, out: expect.stringMatching(SECRET) });
  expect(first.err).toContain(`${idOf(first.out)} (web-server) of the project default in the embedded database in `);
  expect(first.err).toContain("It is the first key there: ");

  await using gateway = await runMain({ REELWIRE_DATA_DIR });
  const url = await gateway.ready;
  expect(await codeFor(url, first.out)).toBe("answered");
  const socket = join(REELWIRE_DATA_DIR, "control.sock");
  expect((await stat(socket)).mode & 0o777).toBe(0o600);

  const admin = await reelwire(
    "create",
    "--name",
    "admin",
    "--project",
    "shop",
    "--scopes",
    "admin,webhooks",
    "--json",
  );
  const made = JSON.parse(admin.out);
  expect(admin.err).toContain(`of the project shop at the gateway that runs on ${REELWIRE_DATA_DIR}.`);
  expect(admin.err).not.toContain("first key");
  expect(made).toMatchObject({ project: "shop", name: "admin", scopes: ["admin", "webhooks"], createdBy: null });
  expect(await codeFor(url, made.secret)).toBe("answered");

  expect(await reelwire("revoke", idOf(first.out))).toMatchObject({
    code: 0,
    out: "",
    err: expect.stringMatching(/^Revoked key_\w+ \(web-server\) of the project default at the gateway [^\n]+\n$/),
  });
  expect(await codeFor(url, first.out)).toBe("UNAUTHENTICATED");
  expect(await reelwire("revoke", idOf(first.out))).toMatchObject({ code: 0 });
  expect(await reelwire("revoke", "key_01kb3xrg9pf4bs2gq3yj3zc2tm")).toEqual({
    code: 1,
    out: "",
    err: `reelwire: There is no key key_01kb3xrg9pf4bs2gq3yj3zc2tm at the gateway that runs on ${REELWIRE_DATA_DIR}.\n`,
  });

  const leaked = (await reelwire("create", "--name", "leaked")).out.trim();
  const secretOfIt = leaked.slice(-43);
  const byKey = await reelwire("revoke", leaked);
  expect(byKey).toMatchObject({ code: 0, out: "", err: expect.stringMatching(/^Revoked key_\w+ \(leaked\) of /) });
  expect(await codeFor(url, leaked)).toBe("UNAUTHENTICATED");
  const never = `rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_${secretOfIt}`;
  const byAnother = await reelwire("revoke", never);
  expect(byAnother).toMatchObject({ code: 1, err: expect.stringContaining(" key_01kb3xrg9pf4bs2gq3yj3zc2tm ") });
  const typed = [
    byKey,
    byAnother,
    await reelwire(never),
    await reelwire(never, never),
    await reelwire(`--key=${never}`),
  ];
  for (const { err } of typed) expect(err).not.toContain(secretOfIt);
  // What was asked over the socket is logged.
  await vi.waitFor(() => expect(gateway.err()).toContain('"path":"/keys/key_01kb3xrg9pf4bs2gq3yj3zc2tm"'));
  expect(gateway.err()).not.toContain("rwk_");
  expect((await reelwire("create", "--name", "x", "--project", "SHOP")).err).toMatch(/^reelwire: project: [^\n]+\n$/);

  const listed = await reelwire("list");
  expect(listed.err).toBe(`3 keys at the gateway that runs on ${REELWIRE_DATA_DIR}.\n`);
  const [head, ...lines] = listed.out.trimEnd().split("\n");
  expect(head).toMatch(/^ID +PROJECT +NAME +SCOPES +CREATED +LAST USED +ENDS$/);
  expect(lines).toEqual([
    expect.stringMatching(/^key_\w+ +default +leaked /),
    expect.stringMatching(new RegExp(`^${made.id} +shop +admin +admin,webhooks +\\d.* never$`)),
    expect.stringMatching(new RegExp(`^${idOf(first.out)} +default +web-server +\\S+ +\\d.* revoked \\d.*Z$`)),
  ]);
  expect(JSON.parse((await reelwire("list", "--project", "default", "--json")).out)).toMatchObject([
    { name: "leaked" },
    { id: idOf(first.out), revokedAt: expect.any(String), lastUsedAt: expect.any(String) },
  ]);

  await stopped(gateway, "SIGKILL");
  expect((await stat(socket)).isSocket()).toBe(true);
  const afterwards = await reelwire("list", "--project", "shop");
  expect(afterwards.err).toBe(`1 key in the embedded database in ${REELWIRE_DATA_DIR}, where no gateway runs now.\n`);

  await using next = await runMain({ REELWIRE_DATA_DIR });
  expect(await codeFor(await next.ready, made.secret)).toBe("answered");
  expect((await reelwire("list")).err).toContain("at the gateway that runs on");
  await stopped(next, "SIGTERM");
  await expect(stat(socket)).rejects.toThrow("ENOENT");
});

test("keys in PostgreSQL are those of every gateway there", { timeout: PATIENCE_MS }, async () => {
  const DATABASE_URL = await postgresUrl();
  const REELWIRE_DATA_DIR = join(await temporaryDirectory(), "data");
  const variables = { DATABASE_URL, REELWIRE_DATA_DIR };
  await using gateway = await runMain(variables);
  const url = await gateway.ready;
  const created = await runReelwire(["keys", "create", "--name", "web", "--expires-in-days", "90"], variables);
  expect(created).toMatchObject({ code: 0, out: expect.stringMatching(SECRET) });
  expect(created.err).toMatch(
    / in the database test_\w+ of PostgreSQL at [^\n]+, and ends \d{4}-\d\d-\d\d \d\d:\d\dZ\.\n/,
  );
  expect(await codeFor(url, created.out)).toBe("answered");
  expect(await codeFor(url, "")).toBe("UNAUTHENTICATED");

  // Without the variable it is still the gateway that is asked, and no embedded database is made.
  const { err } = await runReelwire(["keys", "list"], { REELWIRE_DATA_DIR });
  expect(err).toBe(`1 key at the gateway that runs on ${REELWIRE_DATA_DIR}.\n`);
  await expect(stat(join(REELWIRE_DATA_DIR, "database"))).rejects.toThrow("ENOENT");
});

test("a data directory whose path is too long for a socket has none, and says so", {
  timeout: PATIENCE_MS,
}, async () => {
  const REELWIRE_DATA_DIR = join(await temporaryDirectory(), "x".repeat(100));
  await mkdir(REELWIRE_DATA_DIR);
  await using gateway = await runMain({ REELWIRE_DATA_DIR });
  await gateway.ready;
  // Written to another pipe than what says that it is ready.
  await vi.waitFor(() => expect(gateway.err()).toContain("`reelwire keys` cannot reach this gateway"));
  expect(await runReelwire(["keys", "list"], { REELWIRE_DATA_DIR })).toEqual({
    code: 1,
    out: "",
    err: expect.stringMatching(/^reelwire: The data directory [^\n]+ Its path is too long for a socket [^\n]+\n$/),
  });
});

describe("what cannot be done is one line", () => {
  test.each([
    ["no name", ["create"], 2, "required option '--name <name>' not specified"],
    [
      "an unknown scope",
      ["create", "--name", "a", "--scopes", "videos"],
      2,
      "option '--scopes <list>' argument 'videos' ",
    ],
    ["no scope", ["create", "--name", "a", "--scopes", ""], 2, "option '--scopes <list>' argument '' is invalid. "],
    ["half a day", ["create", "--name", "a", "--expires-in-days", "0.5"], 2, "option '--expires-in-days <days>' "],
    [
      "a time without a zone",
      ["create", "--name", "a", "--expires-at", "2040-01-01"],
      2,
      "option '--expires-at <time>' ",
    ],
    [
      "two ends",
      ["create", "--name", "a", "--expires-at", "2040-01-01T00:00:00Z", "--expires-in-days", "1"],
      2,
      "option '--expires-in-days <days>' cannot be used with option '--expires-at <time>'",
    ],
    ["an end that is past", ["create", "--name", "a", "--expires-at", "2020-01-01T00:00:00Z"], 1, "expiresAt: "],
    ["a name of nothing", ["create", "--name", " "], 1, "name: "],
    ["a project of capitals", ["create", "--name", "a", "--project", "SHOP"], 1, "project: "],
    ["a list of nothing", ["list"], 1, "There is no embedded database in "],
    ["a key of nothing", ["revoke", "key_01kb3xrg9pf4bs2gq3yj3zc2tm"], 1, "There is no embedded database in "],
  ])("%s", async (_what, parameters, code, beginning) => {
    const REELWIRE_DATA_DIR = await temporaryDirectory();
    const run = await runReelwire(["keys", ...parameters], { REELWIRE_DATA_DIR });
    expect(run).toMatchObject({ code, out: "" });
    expect(run.err.startsWith(`reelwire: ${beginning}`), run.err).toBe(true);
    expect(run.err.match(/\n/g)).toHaveLength(1);
  });
});

test.each(["key_x", "../keys", "web-server", `rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_${"s".repeat(42)}`, "rwk_"])(
  "%s is neither an id to revoke nor a key, and is not repeated",
  async (name) => {
    const REELWIRE_DATA_DIR = await temporaryDirectory();
    expect(await runReelwire(["keys", "revoke", name], { REELWIRE_DATA_DIR })).toEqual({
      code: 1,
      out: "",
      err: "reelwire: `keys revoke` takes an id, as `reelwire keys list` shows it: key_…\n",
    });
  },
);

test("a name that would steer the terminal is shown without that", { timeout: PATIENCE_MS }, async () => {
  const REELWIRE_DATA_DIR = await temporaryDirectory();
  const name = "\x1b[2J\x07boat\u202e";
  const made = await runReelwire(["keys", "create", "--name", name], { REELWIRE_DATA_DIR });
  const listed = await runReelwire(["keys", "list"], { REELWIRE_DATA_DIR });
  for (const text of [made.err, listed.out]) {
    expect(text).toContain("\uFFFD[2J\uFFFDboat\uFFFD");
    expect(text).not.toMatch(/[^\P{C}\n]/u);
  }
  const [{ name: kept }] = JSON.parse((await runReelwire(["keys", "list", "--json"], { REELWIRE_DATA_DIR })).out);
  expect(kept).toBe(name);
});
