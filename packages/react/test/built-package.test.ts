import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";

const dist = new URL("../dist/", import.meta.url);
const files = (await readdir(dist)).filter((name) => name.endsWith(".js"));

describe.each(files)("%s", (name) => {
  test('is marked "use client" where it needs a page, so that server components may import it', async () => {
    const text = await readFile(new URL(name, dist), "utf8");
    const needsPage = /from "react(\/jsx-runtime)?"/.test(text);
    expect(text.startsWith('"use client";')).toBe(needsPage);
  });
});

test("every hook and component has a file of its own that is marked", async () => {
  expect(files).toEqual(
    expect.arrayContaining([
      "reelwire-provider.js",
      "use-create-video.js",
      "use-video-progress.js",
      "use-video-status.js",
      "use-videos.js",
      "video-player.js",
      "video-progress.js",
    ]),
  );
});
