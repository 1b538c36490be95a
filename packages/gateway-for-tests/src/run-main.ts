import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../apps/gateway/dist/main.js", import.meta.url));

/** The gateway as a process of its own, as it is deployed. Killed when disposed of. */
export interface RunningMain extends AsyncDisposable {
  child: ChildProcess;
  out(): string;
  err(): string;
  exited: Promise<{ code: number | null; signal: string | null }>;
  /** The address it printed; rejects with what it wrote when it ends without one. */
  ready: Promise<string>;
}

/** @param variables all that its environment has, besides a data directory and `PORT=0` */
export async function runMain(variables: Record<string, string> = {}): Promise<RunningMain> {
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-main-"));
  const child = spawn(process.execPath, [MAIN], {
    env: { PORT: "0", REELWIRE_DATA_DIR: dataDir, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>();
  child.stdout.on("data", (chunk) => {
    out += chunk;
    // Written at once, so that all of it is there. A worker has no GraphQL.
    const url = /Reelwire is ready\..*?(?:GraphQL|Health) +(http:\/\/[^\s/]+)/s.exec(out)?.[1];
    if (url !== undefined) resolve(url);
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const exited = once(child, "close").then(([code, signal]) => ({ code, signal }));
  void exited.then(() => reject(new Error(`It ended: ${out}${err}`)));
  ready.catch(() => {});
  return {
    child,
    out: () => out,
    err: () => err,
    exited,
    ready,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
