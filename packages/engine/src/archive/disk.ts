import { open, readFile, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { Archive, ArchivedFile, ByteRange, OpenedFile, PutOptions } from "./archive.ts";
import { assertArchiveKey } from "./archive-key.ts";
import { nullIfMissing, onDisk } from "./disk-error.ts";
import { openStaging, type Staging } from "./staging.ts";

export interface DiskArchiveOptions {
  /** Where the files live; made if it is missing. Nodes may share it. */
  directory: string;
  /** When an unfinished file counts as left over from a crash; see `openStaging`. */
  leftoverAgeMs?: number;
}

/**
 * Opens an archive in a directory of local disk.
 *
 * Files lie flat, named by their keys: the file systems in use find a name among millions, and operators find a video
 * by its id. Unfinished ones lie in `.incoming`, on the same file system so that renaming is atomic, apart so that
 * clearing away need not list every video.
 *
 * @throws ArchiveError
 */
export async function openDiskArchive({ directory, leftoverAgeMs }: DiskArchiveOptions): Promise<Archive> {
  return new DiskArchive(directory, await openStaging(join(directory, ".incoming"), leftoverAgeMs));
}

class DiskArchive implements Archive {
  readonly #directory: string;
  readonly #staging: Staging;

  constructor(directory: string, staging: Staging) {
    this.#directory = directory;
    this.#staging = staging;
  }

  async put(key: string, source: AsyncIterable<Uint8Array>, { verify }: PutOptions = {}): Promise<{ bytes: number }> {
    const target = this.#path(key);
    return await this.#staging.stage(key, source, async (file, handle) => {
      await verify?.(file);
      await onDisk(async () => {
        await handle.sync();
        await rename(file.path, target);
        await syncDirectory(this.#directory);
      });
      return { bytes: file.bytes };
    });
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

  async read(key: string): Promise<Uint8Array | null> {
    const path = this.#path(key);
    return await onDisk(() => readFile(path).catch(nullIfMissing));
  }

  async delete(key: string): Promise<boolean> {
    const path = this.#path(key);
    return onDisk(async () => {
      if ((await unlink(path).catch(nullIfMissing)) === null) return false;
      await syncDirectory(this.#directory);
      return true;
    });
  }

  #path(key: string): string {
    assertArchiveKey(key);
    return join(this.#directory, key);
  }
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
