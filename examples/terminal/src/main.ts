#!/usr/bin/env node
import { createReelwireClient } from "@reelwire/core/client";
import { readArguments } from "./arguments.ts";
import { explain } from "./explain.ts";
import { followVideo } from "./follow-video.ts";
import { saveVideo } from "./save-video.ts";

const asked = readArguments(process.argv);
const client = createReelwireClient({ url: asked.url, token: asked.token ?? undefined });
const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
const { signal } = interrupted;

/** Standard output is for the path alone, so that a script can take it. */
const say = (line: string) => process.stderr.write(`${line}\n`);

let id = asked.watch;
let fileUrl: string | null = null;
try {
  if (id === null) {
    id = (await client.createVideo(asked.input, { signal })).video.id;
    say(id);
  } else {
    // Watching alone would wait for ever for a gateway that is not there.
    await client.video(id, { signal });
  }
  // From its first version on, so that every status is shown even if it is a step ahead by now.
  const video = await followVideo(client.watchVideo(id, { afterVersion: 0, signal }), process.stderr);
  fileUrl = video.url;
  const path = await saveVideo(video, {
    out: asked.out,
    signal,
    onRetry: ({ message, retryAfterMs }) => say(`${message} Trying again in ${Math.ceil(retryAfterMs / 1000)} s.`),
  });
  process.stdout.write(`${path}\n`);
} catch (error) {
  say(explain(error, { asked, id, fileUrl, interrupted: signal.aborted }));
  process.exitCode = signal.aborted ? 130 : 1;
} finally {
  client.close();
}
