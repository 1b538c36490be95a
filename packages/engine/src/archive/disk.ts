import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Archive, ArchivedFile, ByteRange, OpenedFile, PutOptions } from "./archive.ts";
import { assertArchiveKey } from "./archive-key.ts";
import { diskError, systemCode } from "./disk-error.ts";

export interface DiskArchiveOptions {
  /** Where the files live; made if it is missing. Nodes may share it. */
  directory: string;
  /**
   * How long nothing must have been written to an unfinished file before it counts as left over from a crash, in
   * milliseconds. Default: 10 min, far above any pause that a copy in progress survives, since another node may be
   * writing it. 0 where no other process can: then they are cleared away at once, when it is opened and only then.
   */
  leftoverAgeMs?: number;
}

/**
 * Opens an archive in a directory of local disk, and clears away what crashed copies left there: now, and every
 * `leftoverAgeMs` when a file is put.
 *
 * Files lie flat, named by their keys: the file systems in use find a name among millions, and operators find a video
 * by its id. Unfinished ones lie in `.incoming`, on the same file system so that renaming is atomic, apart so that
 * clearing away need not list every video.
 *
 * @throws ArchiveError
 */
export async function openDiskArchive({ directory, leftoverAgeMs = 600_000 }: DiskArchiveOptions): Promise<Archive> {
  const incoming = join(directory, ".incoming");
  await onDisk(() => mkdir(incoming, { recursive: true }));
  const archive = new DiskArchive(directory, incoming, leftoverAgeMs);
  await archive.clearLeftovers();
  return archive;
}

class DiskArchive implements Archive {
  readonly #directory: string;
  readonly #incoming: string;
  readonly #leftoverAgeMs: number;
  #clearedAt = 0;

  constructor(directory: string, incoming: string, leftoverAgeMs: number) {
    this.#directory = directory;
    this.#incoming = incoming;
    this.#leftoverAgeMs = leftoverAgeMs;
  }

  async put(key: string, source: AsyncIterable<Uint8Array>, { verify }: PutOptions = {}): Promise<{ bytes: number }> {
    const target = this.#path(key);
    // A restart right after a crash finds its leftovers too young; they are old enough some later time.
    if (this.#leftoverAgeMs > 0 && Date.now() - this.#clearedAt > this.#leftoverAgeMs) {
      await this.clearLeftovers().catch(() => {});
    }
    const staged = join(this.#incoming, `${key}.${randomUUID()}`);
    const file = await onDisk(() => open(staged, "wx"));
    try {
      let bytes = 0;
      for await (const chunk of source) {
        await onDisk(() => file.appendFile(chunk));
        bytes += chunk.byteLength;
      }
      await verify?.({ path: staged, bytes });
      await onDisk(async () => {
        await file.sync();
        await rename(staged, target);
        await syncDirectory(this.#directory);
      });
      return { bytes };
    } catch (error) {
      await rm(staged, { force: true }).catch(() => {});
      throw error;
    } finally {
      await file.close().catch(() => {});
    }
  }

  async stat(key: string): Promise<ArchivedFile | null> {
    const path = this.#path(key);
    const found = await onDisk(() => stat(path).catch(nullIfMissing));
    return found && { size: found.size, modifiedAt: found.mtime };
  }

  async open(key: string, range?: ByteRange): Promise<OpenedFile | null> {
    const path = this.#path(key);
    const file = await onDisk(() => open(path, "r").catch(nullIfMissing));
    if (!file) return null;
    try {
      const { size } = await onDisk(() => file.stat());
      const { start, end } = range ?? { start: 0, end: size - 1 };
      if (range && !(0 <= start && start <= end && end < size)) {
        throw new RangeError(`Bytes ${start} to ${end} are not within a file of ${size} bytes.`);
      }
      if (size === 0) {
        await file.close();
        return { kind: "stream", stream: Readable.from([]), size, start, end };
      }
      return { kind: "stream", stream: file.createReadStream({ start, end }), size, start, end };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async delete(key: string): Promise<boolean> {
    const path = this.#path(key);
    return onDisk(async () => {
      if ((await unlink(path).catch(nullIfMissing)) === null) return false;
      await syncDirectory(this.#directory);
      return true;
    });
  }

  /** Deletes unfinished files that nothing has been written to for `leftoverAgeMs`. */
  async clearLeftovers(): Promise<void> {
    this.#clearedAt = Date.now();
    const deadSince = this.#clearedAt - this.#leftoverAgeMs;
    await onDisk(async () => {
      for (const name of await readdir(this.#incoming)) {
        const path = join(this.#incoming, name);
        const found = await stat(path).catch(nullIfMissing);
        if (found && found.mtimeMs <= deadSince) await rm(path, { force: true });
      }
    });
  }

  #path(key: string): string {
    assertArchiveKey(key);
    return join(this.#directory, key);
  }
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(error);
  }
}

function nullIfMissing(error: unknown): null {
  if (systemCode(error) === "ENOENT") return null;
  throw error;
}

/** Makes a rename or a deletion in a directory outlast a power cut. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
