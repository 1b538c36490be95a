import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Emulator, startEmulator } from "../src/index.ts";
import { call, create, finish, longEnoughMs, ownClip, startStepped, status } from "./calls.ts";
import { startProcess } from "./running-emulator.ts";

async function newStateFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "reelwire-state-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, "made", "emulator.json");
}

const patience = { timeout: 30_000 };

/** All that a caller could ask of the past. */
async function remembered(emulator: Emulator) {
  const paths = ["/v2/logs", "/v2/billing", "/v2/billing/transactions"];
  const answers = await Promise.all(paths.map(async (path) => (await call(emulator, path)).body));
  const accepted = emulator.accepted.map((generation) => JSON.parse(JSON.stringify(generation)));
  return { answers, accepted, charges: [...emulator.charges], now: emulator.clock.now() };
}

/** A PNG of one pixel. */
function onePixel(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from([0, 200, 30, 30]))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

describe("A state file", () => {
  it("lets generations go on in the next process after SIGKILL, with URLs at the new address", async () => {
    const file = await newStateFile();
    await using first = await startProcess("--port", "0", "--state", file, "--duration", "1500");
    const made = await create(first, { duration: 4 }, { "x-client-request-id": "made" });
    const failing = await create(first, { prompt: "x [fault:generation-error:moderated:No.]" });
    await first.kill();

    // Its port is taken, so that it has to go to another.
    await using other = createServer().listen(Number(new URL(first.url).port), "127.0.0.1");
    await once(other, "listening");
    await using second = await startProcess("--port", "0", "--state", file, "--duration", "0", "--balance", "1");
    await expect.poll(async () => (await status(second, made.body.id)).body.status, patience).toBe("completed");
    const { video } = (await status(second, made.body.id)).body;
    expect(second.url).not.toBe(first.url);
    expect(video.url.startsWith(`${second.url}/generations/`)).toBe(true);
    const played = await (await fetch(video.url)).arrayBuffer();
    expect(played.byteLength).toBeGreaterThan(10_000);
    await expect
      .poll(async () => (await status(second, failing.body.id)).body, patience)
      .toMatchObject({ status: "error", error: { name: "moderated", message: "No." } });
    await expect
      .poll(async () => (await call(second, "/v2/billing")).body.current_balance, patience)
      .toBeCloseTo(100_000 - 4 * 0.065);
    const { data } = (await call(second, "/v2/logs?status=succeeded")).body;
    expect(data).toMatchObject([{ inference_id: made.body.id, client_request_id: "made" }]);
  });

  it("has every generation that was answered, whenever the process is killed", async () => {
    const file = await newStateFile();
    const answered: string[] = [];
    for (const kills of [3, 7, 12]) {
      await using emulator = await startProcess("--port", "0", "--state", file, "--speed", "0");
      let count = 0;
      const submit = async () => {
        for (;;) {
          const { body } = await create(emulator);
          answered.push(body.id);
          count += 1;
          if (count === kills) void emulator.kill();
        }
      };
      await Promise.allSettled([submit(), submit(), submit()]);
    }
    await using emulator = await startEmulator({ clock: "stepped", clip: ownClip, stateFile: file });
    const known = new Set(emulator.accepted.map(({ id }) => id));
    expect(answered.length).toBeGreaterThanOrEqual(22);
    expect(answered.filter((id) => !known.has(id))).toEqual([]);
  });

  it("tells the same of the past in the next process: generations, log, ledger, balance, time", async () => {
    const stateFile = await newStateFile();
    const first = await startStepped({ stateFile, balanceUsd: 10, durationMs: 60_000, fileLifetimeMs: 100_000 });
    await finish(first);
    await create(first, { prompt: "x [fault:generation-error]" });
    await create(first, { prompt: "x [fault:stuck] [fault:late-log-row]" });
    await create(first, { duration: 5 }, { "x-client-request-id": "refused" });
    first.clock.advance(30_000);
    await create(first, { duration: 6 }, { "x-client-request-id": "under-way" });
    const before = await remembered(first);
    await first.close();

    await using second = await startStepped({ stateFile, balanceUsd: 1, durationMs: 1, chargeDelayMs: 9 });
    expect(await remembered(second)).toEqual(before);
    second.clock.advance(longEnoughMs);
    expect(second.accepted.map((generation) => generation.status)).toEqual([
      "completed",
      "error",
      "generating",
      "completed",
    ]);
    expect(second.charges.map(({ at }) => at)).toEqual(
      [0, 3].map((index) => (second.accepted[index]?.finishesAt ?? 0) + 1000),
    );
    expect(second.balanceUsd).toBeCloseTo(10 - 8 * 0.065 - 6 * 0.065);
    const expired = (await status(second, second.accepted[3]?.id ?? "")).body.video.url;
    expect((await fetch(expired)).status).toBe(403);
  });

  it("lets time go on while nothing runs, and keeps the port that the system chose", async () => {
    const stateFile = await newStateFile();
    const first = await startEmulator({ clip: ownClip, stateFile, durationMs: 0, clock: { speed: 1000 } });
    const { id } = (await create(first)).body;
    const { port } = first;
    const before = first.clock.now();
    await first.close();
    await using second = await startEmulator({ clip: ownClip, stateFile });
    expect(second.port).toBe(port);
    expect(second.clock.now()).toBeGreaterThanOrEqual(before);
    expect(second.clock.speed).toBe(1);
    expect((await status(second, id)).body.status).toBe("completed");
  });

  it("keeps faults that stick, and how often a marker has taken effect", async () => {
    const stateFile = await newStateFile();
    const twice = {
      prompt: "x [fault:create/unavailable*1] [fault:status/not-found*2] [fault:status/unknown-status:odd]",
    };
    const first = await startStepped({ stateFile });
    expect((await create(first, twice)).status).toBe(503);
    const { id } = (await create(first, twice)).body;
    expect((await status(first, id)).status).toBe(404);
    await first.close();
    await using second = await startStepped({ stateFile });
    expect((await create(second, twice)).status).toBe(200);
    expect((await status(second, id)).status).toBe(404);
    expect((await status(second, id)).body.status).toBe("odd");
  });

  it("keeps the images of a generation, though their server has gone, and renders the same file", async () => {
    const stateFile = await newStateFile();
    const image = onePixel();
    const images = createServer((_request, response) => response.end(image)).listen(0, "127.0.0.1");
    await once(images, "listening");
    const data = `data:image/png;base64,${image.toString("base64")}`;
    const body = {
      image_url: `http://127.0.0.1:${(images.address() as AddressInfo).port}/first.png`,
      last_image_url: data,
    };
    const clip = ({ firstFrame, lastFrame }: { firstFrame: Uint8Array | null; lastFrame: Uint8Array | null }) =>
      Buffer.from(JSON.stringify([firstFrame, lastFrame].map((frame) => frame && Buffer.from(frame).toString("hex"))));
    const first = await startStepped({ stateFile, clip });
    const { id, video } = (await finish(first, body)).body;
    const file = await (await fetch(video.url, { headers: { connection: "close" } })).text();
    await first.close();
    images.close();
    images.closeAllConnections();
    await using second = await startStepped({ stateFile, clip });
    const again = (await status(second, id)).body;
    expect(again.status).toBe("completed");
    expect(file).toContain(image.toString("hex"));
    expect(await (await fetch(again.video.url)).text()).toBe(file);
  });

  it("drops a last line that was broken off", async () => {
    const stateFile = await newStateFile();
    const first = await startStepped({ stateFile });
    const { id } = (await create(first)).body;
    await first.close();
    await appendFile(stateFile, '{"type":"accepted","at":17');
    const second = await startStepped({ stateFile });
    await create(second);
    await second.close();
    await using third = await startStepped({ stateFile });
    expect(third.accepted).toHaveLength(2);
    expect(third.accepted[0]?.id).toBe(id);
  });

  it.each(["", '{"format":"reelwire-emu'])("begins anew where a kill left only %j", async (contents) => {
    const stateFile = join(await mkdtemp(join(tmpdir(), "reelwire-state-")), "state");
    await writeFile(stateFile, contents);
    await using emulator = await startStepped({ stateFile });
    expect(emulator.accepted).toEqual([]);
  });

  it.each([
    ["something else", "hello"],
    ["JSON of something else", '{"a":1}\n'],
    ["another version", '{"format":"reelwire-emulator-state","version":2}\n'],
  ])("refuses %s, in one line, and leaves it as it is", async (_what, contents) => {
    const directory = await mkdtemp(join(tmpdir(), "reelwire-state-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const stateFile = join(directory, "state");
    await writeFile(stateFile, contents);
    await expect(startStepped({ stateFile })).rejects.toMatchObject({
      code: "STATE_FILE_DAMAGED",
      message: expect.stringMatching(/^[^\n]+$/),
    });
    expect(await readFile(stateFile, "utf8")).toBe(contents);
  });

  it("refuses one that is damaged in the middle, and says where", async () => {
    const stateFile = await newStateFile();
    const first = await startStepped({ stateFile });
    await create(first);
    await first.close();
    const lines = (await readFile(stateFile, "utf8")).split("\n");
    await writeFile(stateFile, lines.with(2, "nonsense").join("\n"));
    await expect(startStepped({ stateFile })).rejects.toMatchObject({
      code: "STATE_FILE_DAMAGED",
      message: expect.stringMatching(/^[^\n]*line 3[^\n]*$/),
    });
  });

  it("belongs to one emulator at a time, and can be had again after close", async () => {
    const stateFile = await newStateFile();
    const first = await startStepped({ stateFile });
    await expect(startStepped({ stateFile })).rejects.toMatchObject({ code: "STATE_FILE_IN_USE" });
    await expect(startStepped({ stateFile: "/dev/null/state" })).rejects.toMatchObject({ code: "STATE_FILE_UNUSABLE" });
    await first.close();
    await (await startStepped({ stateFile })).close();
  });

  it("is read and written by its owner alone", async () => {
    const stateFile = await newStateFile();
    await using _emulator = await startStepped({ stateFile });
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(stateFile, ".."))).toEqual(["emulator.json", "emulator.json.lock"]);
  });
});
