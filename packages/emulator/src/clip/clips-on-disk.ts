import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClipRequest, ClipSource } from "./clip-request.ts";

/** Part of the file names: raised when clips change, so that older files are not taken for new ones. */
const edition = 1;

/** Keeps the clips of another source in a directory, one for each shape: whoever asks must not care for prompt or frames. */
export class ClipsOnDisk implements ClipSource {
  readonly #source: ClipSource;
  readonly #directory: string;

  constructor(source: ClipSource, directory: string) {
    this.#source = source;
    this.#directory = directory;
  }

  async clip(request: ClipRequest): Promise<Uint8Array> {
    const { width, height, seconds, sound } = request;
    const shape = `${width}x${height}-${seconds}s-${sound ? "sound" : "silent"}`;
    const path = join(this.#directory, `clip-${edition}-${shape}.mp4`);
    try {
      return await readFile(path);
    } catch {
      const clip = await this.#source.clip(request);
      await this.#keep(path, clip);
      return clip;
    }
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  /** Under another name first: several processes may write, and none may read half a file. */
  async #keep(path: string, clip: Uint8Array): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const draft = `${path}.${randomUUID()}`;
    await writeFile(draft, clip);
    await rename(draft, path);
  }
}
