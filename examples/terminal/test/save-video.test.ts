import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FileNotServed } from "../src/file-not-served.ts";
import { saveVideo } from "../src/save-video.ts";

/** Saves from a gateway that answers so, the last answer for ever. */
async function save(answers: RequestListener[], patienceMs?: number) {
  const directory = await mkdtemp(join(tmpdir(), "reelwire-save-"));
  const server = createServer((request, response) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    await rm(directory, { recursive: true, force: true });
  });
  const waits: string[] = [];
  const saved = await saveVideo(
    { id: "video_1", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/files/video_1.mp4` },
    {
      out: join(directory, "a.mp4"),
      signal: new AbortController().signal,
      onRetry: ({ message, retryAfterMs }) => waits.push(`${retryAfterMs} ${message}`),
      ...(patienceMs === undefined ? {} : { patienceMs }),
    },
  ).then(
    (path) => readFile(path, "utf8"),
    (error: unknown) => error,
  );
  return { saved, waits, left: await readdir(directory) };
}

const unavailable =
  (retryAfter: string): RequestListener =>
  (_request, response) => {
    const body = { errors: [{ message: "Not now.", extensions: { code: "FILE_UNAVAILABLE" } }] };
    response.writeHead(503, { "retry-after": retryAfter }).end(JSON.stringify(body));
  };
const whole: RequestListener = (_request, response) => {
  response.end("whole");
};

test("it is tried again when the gateway says, with its reason", async () => {
  const past = new Date(0).toUTCString();
  expect(await save([unavailable("0"), unavailable(past), whole])).toEqual({
    saved: "whole",
    waits: ["0 FILE_UNAVAILABLE: Not now.", "0 FILE_UNAVAILABLE: Not now."],
    left: ["a.mp4"],
  });
});

test("it is given up when it would take too long", async () => {
  const { saved, waits, left } = await save([unavailable("60")], 1000);
  expect(saved).toEqual(new FileNotServed("FILE_UNAVAILABLE: Not now.", 60_000));
  expect([waits, left]).toEqual([[], []]);
});

test("what will not change is not tried again", async () => {
  const { saved, waits } = await save([(_request, response) => response.writeHead(404).end("?")]);
  expect(saved).toEqual(new FileNotServed("The gateway answered with status 404.", null));
  expect(waits).toEqual([]);
});

test("a connection that breaks off leaves no file, and may be tried again", async () => {
  const { saved, left } = await save(
    [
      (_request, response) => {
        response.writeHead(200, { "content-length": 10 }).write("half", () => response.destroy());
      },
    ],
    0,
  );
  expect(saved).toMatchObject({ name: "FileNotServed", retryAfterMs: 5000 });
  expect(left).toEqual([]);
});
