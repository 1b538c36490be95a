import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The emulator in a process of its own. */
export interface BenchmarkUpstream extends AsyncDisposable {
  url: string;
  apiKey: string;
  /** Requests it was sent, by endpoint, and generations it accepted. */
  counts(): Promise<UpstreamCounts>;
}

export interface UpstreamCounts {
  create: number;
  status: number;
  accepted: number;
}

/** @param durationMs how long each generation takes */
export async function startUpstream(durationMs: number): Promise<BenchmarkUpstream> {
  const child = fork(fileURLToPath(new URL("./emulator.child.ts", import.meta.url)), [String(durationMs)]);
  const [{ url, apiKey }] = await once(child, "message");
  return {
    url,
    apiKey,
    async counts() {
      child.send("counts");
      const [counts] = await once(child, "message");
      return counts;
    },
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}
