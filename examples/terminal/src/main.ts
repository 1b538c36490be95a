#!/usr/bin/env node
import { createReelwireClient } from "@reelwire/core/client";
import { readArguments } from "./arguments.ts";
import { explain } from "./explain.ts";
import { followVideo } from "./follow-video.ts";
import { saveVideo } from "./save-video.ts";

const asked = readArguments(process.argv);
const client = createReelwireClient({ url: asked.url });
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
const { signal } = interrupted;

let id = asked.watch;
try {
  if (id === null) {
    id = (await client.createVideo(asked.input, { signal })).video.id;
    process.stdout.write(`${id}\n`);
  }
  // From its first version on, so that every status is shown even if it is a step ahead by now.
  const video = await followVideo(client.watchVideo(id, { afterVersion: 0, signal }), process.stdout);
  process.stdout.write(`${await saveVideo(video, asked.out, signal)}\n`);
} catch (error) {
  process.stderr.write(`${explain(error, { id, url: asked.url, interrupted: signal.aborted })}\n`);
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  client.close();
}
