import { isFinal, type Video } from "@reelwire/core/client";
import { Presets, SingleBar } from "cli-progress";

/** Somewhere to show something: a terminal, a file or a pipe. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean };

/** What is shown of a video. */
export type Shown = Pick<Video, "status" | "waitingReason" | "progress" | "error">;

/** A video that ended without a file. */
export class VideoNotMade extends Error {
  override readonly name = "VideoNotMade";
}

/**
 * Shows each status of a video until it is completed: as a bar on a terminal, otherwise as a line for each.
 *
 * @throws {VideoNotMade} when it failed or was canceled
 */
export async function followVideo<T extends Shown>(updates: AsyncIterable<T>, output: Output): Promise<T> {
  const show = output.isTTY ? showBar(output) : showLines(output);
  try {
    for await (const video of updates) {
      show.update(video);
      if (video.status === "COMPLETED") return video;
      if (video.error !== null) throw new VideoNotMade(`${video.error.code}: ${video.error.message}`);
      if (isFinal(video.status)) throw new VideoNotMade("The video was canceled.");
    }
  } finally {
    show.end();
  }
  throw new VideoNotMade("The gateway told of no end.");
}

interface Display {
  update(video: Shown): void;
  end(): void;
}

function showBar(output: Output): Display {
  const bar = new SingleBar(
    { format: "{bar} {percentage}% {status} {seconds} s", stream: output, hideCursor: true, barsize: 30 },
    Presets.shades_classic,
  );
  const startedAt = performance.now();
  let status = "";
  let percent = 0;
  const draw = () => {
    bar.update(percent, { status, seconds: Math.round((performance.now() - startedAt) / 1000) });
  };
  bar.start(100, 0, { status, seconds: 0 });
  const timer = setInterval(draw, 1000);
  return {
    update(video) {
      status = describe(video);
      percent = Math.round((video.progress?.fraction ?? 0) * 100);
      draw();
    },
    end() {
      clearInterval(timer);
      bar.stop();
    },
  };
}

function showLines(output: Output): Display {
  let last = "";
  return {
    update(video) {
      const line = describe(video);
      if (line !== last) output.write(`${line}\n`);
      last = line;
    },
    end() {},
  };
}

function describe({ status, waitingReason }: Shown): string {
  return waitingReason === null ? status : `${status} (${waitingReason})`;
}
