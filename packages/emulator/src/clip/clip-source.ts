import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClipMemory } from "./clip-memory.ts";
import { ClipRenderer } from "./clip-renderer.ts";
import type { ClipRequest, ClipSource } from "./clip-request.ts";
import { ClipsOnDisk } from "./clips-on-disk.ts";
import { loadWebCodecs } from "./webcodecs.ts";

/**
 * Where the files come from. `"drawn"`: rendered from the prompt and the frames. `"cached"`: one file for each shape,
 * whatever the prompt, rendered once on a machine: for tests that look at no picture. Or a file of your own, for every
 * generation or made for each.
 */
export type ClipOption = "drawn" | "cached" | Uint8Array | ((request: ClipRequest) => Uint8Array | Promise<Uint8Array>);

/** Throws `CLIPS_UNAVAILABLE` where clips have to be rendered and cannot be. */
export async function openClipSource(
  option: ClipOption,
  cacheDir: string | undefined,
  memoryBytes: number,
): Promise<ClipSource> {
  if (typeof option === "function")
    return new ClipMemory({ clip: async (request) => option(request), close }, memoryBytes);
  if (option instanceof Uint8Array) return { clip: async () => option, close };
  await loadWebCodecs();
  const renderer = new ClipRenderer();
  if (option === "drawn") return new ClipMemory(renderer, memoryBytes);
  const kept = new ClipMemory(new ClipsOnDisk(renderer, cacheDir ?? join(tmpdir(), "reelwire-emulator")), memoryBytes);
  return { clip: (request) => kept.clip(withoutContents(request)), close: () => kept.close() };
}

function withoutContents(request: ClipRequest): ClipRequest {
  const { width, height, seconds } = request;
  const prompt = `Reelwire emulator ${width}×${height}, ${seconds} s`;
  return { ...request, prompt, firstFrame: null, lastFrame: null };
}

async function close(): Promise<void> {}
