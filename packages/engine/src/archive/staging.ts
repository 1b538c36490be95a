import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { StagedFile } from "./archive.ts";
import { nullIfMissing, onDisk } from "./disk-error.ts";

/** Where files lie until they are complete and verified: a directory of local disk. */
export interface Staging {
  /**
   * Writes a file, has `use` make something of it, and deletes it if it is still there then, whatever happened.
   *
   * @throws ArchiveError for the disk; what the source or `use` threw, as it is
   */
  stage<T>(
    key: string,
    source: AsyncIterable<Uint8Array>,
    use: (file: StagedFile, handle: FileHandle) => Promise<T>,
  ): Promise<T>;
}

/**
 * Opens a staging directory, made if it is missing, and clears away what crashed processes left there: now, and every
 * `leftoverAgeMs` when a file is staged.
 *
 * @param leftoverAgeMs how long nothing must have been written to a file before it counts as left over, in
 *   milliseconds. Default: 10 min, far above any pause that a copy in progress survives, since another process may be
 *   writing it. 0 where no other can: then everything is cleared away at once, and only then.
 * @throws ArchiveError
 */
export async function openStaging(directory: string, leftoverAgeMs = 600_000): Promise<Staging> {
  await onDisk(() => mkdir(directory, { recursive: true }));
  let clearedAt = 0;

  async function clearLeftovers(): Promise<void> {
    clearedAt = Date.now();
    const deadSince = clearedAt - leftoverAgeMs;
    await onDisk(async () => {
      for (const name of await readdir(directory)) {
        const path = join(directory, name);
        const found = await stat(path).catch(nullIfMissing);
        if (found && found.mtimeMs <= deadSince) await rm(path, { force: true });
      }
    });
  }

  await clearLeftovers();
  return {
    async stage(key, source, use) {
      // A restart right after a crash finds its leftovers too young; they are old enough some later time.
      if (leftoverAgeMs > 0 && Date.now() - clearedAt > leftoverAgeMs) await clearLeftovers().catch(() => {});
      const path = join(directory, `${key}.${randomUUID()}`);
      const handle = await onDisk(() => open(path, "wx"));
      try {
        let bytes = 0;
        for await (const chunk of source) {
          await onDisk(() => handle.appendFile(chunk));
          bytes += chunk.byteLength;
        }
        return await use({ path, bytes }, handle);
      } finally {
        await rm(path, { force: true }).catch(() => {});
        await handle.close().catch(() => {});
      }
    },
  };
}
