import { createHash } from "node:crypto";
import type { ClipRequest, ClipSource } from "./clip-request.ts";

interface Kept {
  readonly clip: Promise<Uint8Array>;
  bytes: number;
}

/** Remembers the clips of another source, up to a number of bytes; beyond it the least recently used are forgotten. */
export class ClipMemory implements ClipSource {
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept>();
  readonly #source: ClipSource;
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(source: ClipSource, mostBytes: number) {
    this.#source = source;
    this.#mostBytes = mostBytes;
  }

  clip(request: ClipRequest): Promise<Uint8Array> {
    const name = nameOf(request);
    const kept = this.#kept.get(name) ?? this.#fetch(name, request);
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    return kept.clip;
  }

  close(): Promise<void> {
    this.#kept.clear();
    return this.#source.close();
  }

  #fetch(name: string, request: ClipRequest): Kept {
    const kept: Kept = { clip: this.#source.clip(request), bytes: 0 };
    kept.clip.then(
      (clip) => {
        kept.bytes = clip.byteLength;
        this.#bytes += kept.bytes;
        this.#forget();
      },
      () => this.#kept.delete(name),
    );
    return kept;
  }

  #forget(): void {
    for (const [name, kept] of this.#kept) {
      if (this.#bytes <= this.#mostBytes) return;
      // Nothing is known yet of the size of one that is still being made.
      if (kept.bytes === 0) continue;
      this.#kept.delete(name);
      this.#bytes -= kept.bytes;
    }
  }
}

function nameOf({ firstFrame, lastFrame, ...shape }: ClipRequest): string {
  const hash = createHash("sha256").update(JSON.stringify(shape));
  for (const frame of [firstFrame, lastFrame]) hash.update(`|${frame?.byteLength ?? ""}|`).update(frame ?? "");
  return hash.digest("hex");
}
