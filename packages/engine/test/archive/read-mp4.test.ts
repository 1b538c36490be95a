import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readMp4 } from "../../src/archive/read-mp4.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const PATH = fileURLToPath(new URL("four-seconds-720p.mp4", import.meta.url));
const FACTS = { width: 1280, height: 720, durationSeconds: 4, hasAudio: true };

describe("reading an MP4", () => {
  it("serves several files at a time", async () => {
    const broken = readMp4("/nowhere/at-all.mp4");
    expect(await Promise.allSettled([readMp4(PATH), broken, readMp4(PATH)])).toEqual([
      { status: "fulfilled", value: FACTS },
      { status: "rejected", reason: expect.objectContaining({ code: "NOT_A_VIDEO" }) },
      { status: "fulfilled", value: FACTS },
    ]);
  });

  it("is given up with a file whose index would take hours, and goes on with the next", async () => {
    await using directory = await temporaryDirectory();
    const clip = await readFile(PATH);
    // The sound's chunks are said to hold four milliards of samples each.
    clip.writeUInt32BE(0xffffffff, clip.lastIndexOf("stsc") + 16);
    const path = join(directory.path, "forged.mp4");
    await writeFile(path, clip);
    await expect(readMp4(path, 500)).rejects.toMatchObject({ code: "NOT_A_VIDEO", retryable: true });
    expect(await readMp4(PATH)).toEqual(FACTS);
  });
});
