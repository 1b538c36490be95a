import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError } from "@reelwire/core";
import type { ApiKey, KeyAdministration } from "@reelwire/engine";
import { Client } from "undici";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ControlClient, connectControl } from "../src/control-client.ts";
import { startControlSocket } from "../src/control-socket.ts";
import { createLog } from "../src/log.ts";

const KEY: ApiKey = {
  id: "key_01kb3xrg9pf4bs2gq3yj3zc2tm",
  project: "default",
  name: "web-server",
  scopes: ["videos:create", "admin"],
  createdBy: null,
  createdAt: new Date("2026-11-22T09:00:00.000Z"),
  expiresAt: new Date("2027-11-22T09:00:00.000Z"),
  revokedAt: null,
  lastUsedAt: null,
};

const SECRET = `rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_${"s".repeat(43)}`;

/** Keys as a test says, which notes what was asked. */
function keysOf(name = KEY.name) {
  const asked: unknown[] = [];
  const key = { ...KEY, name };
  const access: KeyAdministration = {
    async createKey(input) {
      asked.push(input);
      return { key, secret: "rwk_x_y" };
    },
    async keys(project) {
      asked.push(project);
      return [key];
    },
    async revokeKey(project, id) {
      asked.push([project, id]);
      if (id !== key.id) throw new ApiError("NOT_FOUND");
      return { ...key, revokedAt: new Date(0) };
    },
  };
  return { access, asked };
}

async function dataDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "reelwire-control-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function start(dataDir: string, access: KeyAdministration) {
  const logLines: string[] = [];
  const log = createLog({ level: "info", secrets: [], destination: { write: (line) => logLines.push(line) } });
  const stop = await startControlSocket({ dataDir, access, log });
  onTestFinished(stop);
  return { stop, logLines };
}

async function connected(dataDir: string): Promise<ControlClient> {
  const client = await connectControl(dataDir);
  if (client === null) throw new Error("nobody listens");
  onTestFinished(() => client.close());
  return client;
}

describe("the control socket", () => {
  test("passes on what is asked, and the answers, as they are", async () => {
    const dataDir = await dataDirectory();
    const { access, asked } = keysOf();
    const { logLines } = await start(dataDir, access);
    const { access: remote } = await connected(dataDir);
    const expiresAt = new Date("2028-01-01T00:00:00Z");
    const input = { project: "shop", name: "x", scopes: ["admin"], expiresAt, createdBy: null } as const;
    expect(await remote.createKey(input)).toEqual({ key: KEY, secret: "rwk_x_y" });
    expect(await remote.keys(null)).toEqual([KEY]);
    expect(await remote.keys("shöp & co")).toEqual([KEY]);
    expect(await remote.revokeKey(null, KEY.id)).toEqual({ ...KEY, revokedAt: new Date(0) });
    await expect(remote.revokeKey(null, "../a b")).rejects.toMatchObject({ name: "ApiError", code: "NOT_FOUND" });
    expect(asked).toEqual([input, null, "shöp & co", [null, KEY.id], [null, "../a b"]]);
    expect(logLines.join("")).not.toContain("rwk_");
    // As an earlier `reelwire` sends what somebody takes for an id.
    await expect(remote.revokeKey(null, SECRET)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(logLines.join("")).toContain("/keys/rwk_01kb3xrg9pf4bs2gq3yj3zc2tm_[secret]");
    expect(logLines.join("")).not.toContain(SECRET);
  });

  test("refuses what it does not understand, in words", async () => {
    const dataDir = await dataDirectory();
    const { access, asked } = keysOf();
    await start(dataDir, access);
    const client = new Client("http://localhost", { socketPath: join(dataDir, "control.sock") });
    onTestFinished(() => client.close());
    const headers = { "content-type": "application/json" };
    const bodies = ['{"name":"x"}', '{"project":"a","name":"x","scopes":["everything"],"expiresAt":null}', "[]", "{"];
    for (const body of bodies) {
      const answer = await client.request({ method: "POST", path: "/keys", headers, body });
      expect(answer.statusCode).toBe(400);
      expect(await answer.body.json()).toMatchObject({ errors: [{ message: expect.any(String) }] });
    }
    expect(asked).toEqual([]);
  });

  test("is its owner's alone, whatever else is allowed by default, and goes with the gateway", async () => {
    const dataDir = await dataDirectory();
    const umask = process.umask(0);
    onTestFinished(() => {
      process.umask(umask);
    });
    const { stop } = await start(dataDir, keysOf().access);
    expect(process.umask(0)).toBe(0);
    const path = join(dataDir, "control.sock");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await stop();
    await expect(stat(path)).rejects.toThrow("ENOENT");
    expect(await connectControl(dataDir)).toBeNull();
  });

  test("is left to the gateway that has it already", async () => {
    const dataDir = await dataDirectory();
    const first = await start(dataDir, keysOf("first").access);
    const second = await start(dataDir, keysOf("second").access);
    expect(second.logLines.join("")).toContain("another gateway listens to the operator there");
    await second.stop();
    expect(await (await connected(dataDir)).access.keys(null)).toMatchObject([{ name: "first" }]);
    await first.stop();
    await start(dataDir, keysOf("third").access);
    expect(await (await connected(dataDir)).access.keys(null)).toMatchObject([{ name: "third" }]);
  });

  test("that cannot be made leaves the gateway without it, and the log says so", async () => {
    const file = join(await dataDirectory(), "a-file");
    await writeFile(file, "");
    const { logLines } = await start(file, keysOf().access);
    expect(logLines.join("")).toContain("there is no control socket");
    const long = join(await dataDirectory(), "x".repeat(100));
    await mkdir(long);
    expect((await start(long, keysOf().access)).logLines.join("")).toContain("too long for a socket");
    expect(await connectControl(long)).toBeNull();
  });
});
