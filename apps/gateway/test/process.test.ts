import { once } from "node:events";
import { createServer } from "node:net";
import { startEmulator } from "@reelwire/emulator";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { runMain } from "./run-main.ts";
import { CREATE_VIDEO, createTestClient, postGraphql, VIDEO_STATUS } from "./test-gateway.ts";

const get = async (url: string) => {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
};

describe("the gateway as a process", () => {
  test("prints its addresses and one thing to try; makes a video with the built-in emulator; stops on SIGTERM: sockets 1001, exit 0", async () => {
    await using main = await runMain();
    const url = await main.ready;
    expect(main.out()).toContain(`${url}/graphql`);
    expect(main.out()).toContain(`${url.replace("http", "ws")}/graphql`);
    expect(main.out()).toContain('example "a paper boat on a rainy street"');
    expect(main.out()).toMatch(/emulator.*drawings/);
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
