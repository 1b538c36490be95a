import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openDiskArchive } from "../../src/archive/disk.ts";
import { diskError } from "../../src/archive/disk-error.ts";
import { describeArchive } from "./archive-contract.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const KEY = "video_01h455vb4pex5vsknk084sn02q.mp4";

describeArchive("the archive on disk", async () => {
  const directory = await temporaryDirectory();
  const archive = await openDiskArchive({ directory: join(directory.path, "made", "when", "missing") });
  return { archive, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
});

describe("on disk", () => {
  it("files lie under their keys, and nothing else is left", async () => {
    await using directory = await temporaryDirectory();
    const archive = await openDiskArchive({ directory: directory.path });
    await archive.put(KEY, bytes());
    await expect(
      archive.put("refused.mp4", bytes(), { verify: () => Promise.reject(new Error("no")) }),
    ).rejects.toThrow();
    expect(await readdir(directory.path, { recursive: true })).toEqual([".incoming", KEY]);
  });

  it("a crash in the midst of a copy leaves nothing under the key, and the next start clears the rest away", async () => {
    await using directory = await temporaryDirectory();
    const { signal, listed } = await crashWhilePutting(directory.path);
    expect(signal).toBe("SIGKILL");
    expect(listed).toEqual([expect.stringMatching(`^${KEY}\\.`)]);

    const soon = await openDiskArchive({ directory: directory.path });
    expect(await soon.stat(KEY)).toBeNull();
    expect(await readdir(join(directory.path, ".incoming"))).toEqual(listed);

    await openDiskArchive({ directory: directory.path, leftoverAgeMs: 0 });
    expect(await readdir(join(directory.path, ".incoming"))).toEqual([]);
  });

  it("leftovers are told from what another node is writing by their age", async () => {
    await using directory = await temporaryDirectory();
    await leaveBehind(directory.path, "old", 11);
    await leaveBehind(directory.path, "young", 9);
    await openDiskArchive({ directory: directory.path });
    expect(await readdir(join(directory.path, ".incoming"))).toEqual(["young"]);
  });

  it("a directory that is none, or is gone, is ARCHIVE_NOT_WRITABLE", async () => {
    await using directory = await temporaryDirectory();
    const unwritable = { code: "ARCHIVE_NOT_WRITABLE", retryable: true };
    const file = join(directory.path, "file");
    await writeFile(file, "");
    await expect(openDiskArchive({ directory: file })).rejects.toMatchObject(unwritable);
    const archive = await openDiskArchive({ directory: join(directory.path, "archive") });
    await rm(join(directory.path, "archive"), { recursive: true });
    await expect(archive.put(KEY, bytes())).rejects.toMatchObject(unwritable);
    expect(await archive.stat(KEY)).toBeNull();
  });

  it.each([
    ["ENOSPC", "ARCHIVE_FULL"],
    ["EDQUOT", "ARCHIVE_FULL"],
    ["EROFS", "ARCHIVE_NOT_WRITABLE"],
    ["EACCES", "ARCHIVE_NOT_WRITABLE"],
    ["EIO", "ARCHIVE_FAILED"],
  ])("the system's %s is %s, and no path is told", (system, code) => {
    const cause = Object.assign(new Error(`${system}: write '/secret/path'`), { code: system });
    const error = diskError(cause);
    expect(error).toMatchObject({ code, retryable: true, cause });
    expect(error.message).not.toContain("secret");
  });

  it("a range outside the file is a mistake of the caller", async () => {
    await using directory = await temporaryDirectory();
    const archive = await openDiskArchive({ directory: directory.path });
    await archive.put(KEY, bytes());
    await expect(archive.open(KEY, { start: 0, end: 10 })).rejects.toThrow(RangeError);
    await expect(archive.open(KEY, { start: 5, end: 4 })).rejects.toThrow(RangeError);
  });
});

async function* bytes(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("0123456789");
}

async function leaveBehind(directory: string, name: string, minutesAgo: number): Promise<void> {
  await mkdir(join(directory, ".incoming"), { recursive: true });
  const path = join(directory, ".incoming", name);
  await writeFile(path, "begun");
  const then = new Date(Date.now() - minutesAgo * 60_000);
  await utimes(path, then, then);
}

/** Lets a process of its own begin to put a file, and kill itself once the first bytes are written. */
async function crashWhilePutting(directory: string): Promise<{ signal: unknown; listed: string[] }> {
  const disk = fileURLToPath(new URL("../../src/archive/disk.ts", import.meta.url));
  const script = `
    import { openDiskArchive } from ${JSON.stringify(disk)};
    const archive = await openDiskArchive({ directory: ${JSON.stringify(directory)} });
    await archive.put(${JSON.stringify(KEY)}, (async function* () {
      yield Buffer.from("begun");
      process.kill(process.pid, "SIGKILL");
      await new Promise(() => setInterval(() => {}, 1000));
    })());
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "inherit" });
  const [, signal] = await once(child, "exit");
  return { signal, listed: await readdir(join(directory, ".incoming")) };
}
