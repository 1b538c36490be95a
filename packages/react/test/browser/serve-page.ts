import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";

/** Builds the page as an app would be, and serves it until it is disposed of. */
export async function servePage(): Promise<AsyncDisposable & { origin: string }> {
  const root = fileURLToPath(new URL("page", import.meta.url));
  const outDir = await mkdtemp(join(tmpdir(), "reelwire-page-"));
  await build({ root, build: { outDir }, logLevel: "error", configFile: false });
  const server = await preview({
    root,
    build: { outDir },
    preview: { host: "127.0.0.1", port: 0 },
    logLevel: "error",
    configFile: false,
  });
  const origin = new URL(server.resolvedUrls?.local[0] ?? "").origin;
  return {
    origin,
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(outDir, { recursive: true });
    },
  };
}
