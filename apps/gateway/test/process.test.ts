import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "@reelwire/emulator";
import { runMain } from "@reelwire/gateway-for-tests";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { runReelwire } from "./run-reelwire.ts";
import { CREATE_VIDEO, createTestClient, postGraphql, VIDEO_STATUS } from "./test-gateway.ts";

const get = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
};

describe("the gateway as a process", () => {
  test("prints its addresses and one thing to try; makes a video with the built-in emulator; stops on SIGTERM: sockets 1001, exit 0", async () => {
    await using main = await runMain();
    const url = await main.ready;
    expect(main.out()).toMatch(/Reelwire is ready\.\n\n +Studio +http/);
    expect(main.out()).toContain(`${url}/graphql`);
    expect(main.out()).toContain(`${url.replace("http", "ws")}/graphql`);
    expect(main.out()).toContain('example "a paper boat on a rainy street"');
    expect(main.out()).toMatch(/emulator.*drawings/);
    expect(main.out()).toMatch(/Nobody is asked.*keys create/);
    expect(await get(`${url}/healthz`)).toEqual({ status: 200, body: { status: "ok" } });
    expect(await get(`${url}/readyz`)).toMatchObject({ status: 200, body: { ready: true, problems: [] } });

    const { data } = await postGraphql(url, CREATE_VIDEO, { input: { prompt: "a paper boat", durationSeconds: 4 } });
    const socket = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    const closed = once(socket, "close");
    await once(socket, "open");
    const client = createTestClient(url);
    const updates = client.iterate({ query: VIDEO_STATUS, variables: { id: data.createVideo.video.id } });
    expect((await updates.next()).value).toMatchObject({ data: { videoStatus: { id: data.createVideo.video.id } } });

    main.child.kill("SIGTERM");
    expect((await closed)[0]).toBe(1001);
    expect(await main.exited).toEqual({ code: 0, signal: null });
    await client.dispose();
  });

  test("with a wrong key it starts, says so in its log and at /readyz, and fails videos with a code; a second one on its directory or port says why it cannot", async () => {
    await using emulator = await startEmulator({ clip: "cached", apiKey: "the-right-key" });
    await using main = await runMain({ AIMLAPI_API_KEY: "the-wrong-key", AIMLAPI_BASE_URL: emulator.url });
    const url = await main.ready;
    await emulator.until(() => emulator.requests.some(({ status }) => status === 401));
    const { data } = await postGraphql(url, CREATE_VIDEO, { input: { prompt: "a paper boat" } });
    const client = createTestClient(url);
    const seen: unknown[] = [];
    for await (const update of client.iterate({ query: VIDEO_STATUS, variables: { id: data.createVideo.video.id } })) {
      seen.push(update);
    }
    expect(seen.at(-1)).toMatchObject({
      data: { videoStatus: { status: "FAILED", error: { code: "UPSTREAM_KEY_REJECTED" } } },
    });
    expect(await get(`${url}/readyz`)).toMatchObject({
      status: 503,
      body: {
        ready: false,
        problems: [expect.stringContaining("AIMLAPI_API_KEY")],
        database: "ok",
        upstream: { usable: false, code: "KEY_REJECTED" },
      },
    });
    expect(main.err()).not.toContain("the-wrong-key");
    await client.dispose();

    const dataDir = /data in (.+) …/.exec(main.out())?.[1] ?? "";
    await using second = await runMain({ REELWIRE_DATA_DIR: dataDir, REELWIRE_LOG_LEVEL: "error" });
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.err()).toMatch(/^reelwire: [^\n]+\n$/);
    expect(second.err()).toContain(dataDir);
  });

  test("a port in use is one line, and exit code 1", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    await using main = await runMain({ PORT: port, REELWIRE_LOG_LEVEL: "error" });
    expect(await main.exited).toEqual({ code: 1, signal: null });
    expect(main.err()).toBe(
      `reelwire: Port ${port} on 127.0.0.1 is in use: stop what uses it, or set PORT to another one.\n`,
    );
    other.close();
  });
});

/** This machine and nobody else, in a spelling that does not count as loopback. */
const REACHABLE = "::ffff:127.0.0.1";

describe("on an address that others can reach", () => {
  test("it does not start as long as nobody would be asked who they are, and says what to do in one line", async () => {
    await using main = await runMain({ HOST: REACHABLE, REELWIRE_LOG_LEVEL: "error" });
    expect(await main.exited).toEqual({ code: 1, signal: null });
    expect(main.err()).toBe(
      `reelwire: HOST is ${REACHABLE}, which others can reach, and no API key has been made: make one with "reelwire keys create", configure an issuer of your own (REELWIRE_JWT_ISSUER), or set HOST to a loopback address such as 127.0.0.1.\n`,
    );
  });

  test("nor on every address, where its own is not known: that is said before anything is opened", async () => {
    await using main = await runMain({ HOST: "0.0.0.0" });
    expect(await main.exited).toEqual({ code: 1, signal: null });
    expect(main.out()).toBe("");
    expect(main.err()).toMatch(/^reelwire: HOST [^\n]+ REELWIRE_PUBLIC_URL [^\n]+\n$/);
  });

  test("it starts once a key was made, says that callers are asked, and asks them", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "reelwire-main-"));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    const variables = { REELWIRE_DATA_DIR: dataDir, REELWIRE_LOG_LEVEL: "error" };
    const { out, code } = await runReelwire(["keys", "create", "--name", "a server"], variables);
    expect(code).toBe(0);
    await using main = await runMain({ ...variables, HOST: REACHABLE });
    const url = await main.ready;
    expect(main.out()).toMatch(/asked who they are.*Bearer/);
    expect(main.out()).not.toContain("example");
    expect((await postGraphql(url, "{ models { id } }")).status).toBe(401);
    expect((await postGraphql(url, "{ models { id } }", {}, out.trim())).data.models.length).toBeGreaterThan(0);
    expect(await get(`${url}/readyz`)).toEqual({ status: 200, body: { ready: true } });
  });

  test("it starts with an issuer and without a key", async () => {
    await using main = await runMain({
      HOST: REACHABLE,
      REELWIRE_JWT_ISSUER: "https://id.example.com/",
      REELWIRE_JWT_AUDIENCE: "reelwire",
      REELWIRE_JWT_JWKS_URL: "http://127.0.0.1:9/keys",
      REELWIRE_LOG_LEVEL: "error",
    });
    expect((await postGraphql(await main.ready, "{ models { id } }")).status).toBe(401);
  });
});
