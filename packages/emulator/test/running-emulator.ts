import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** An emulator in a process of its own. Killed when disposed of. */
export interface EmulatorProcess extends AsyncDisposable {
  readonly url: string;
  readonly apiKey: string;
  /** Ends it as `kill -9` does, and resolves once it has gone. */
  kill(): Promise<void>;
}

export async function startProcess(...args: string[]): Promise<EmulatorProcess> {
  const child = spawn(process.execPath, [main, "--clip", "cached", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let printed = "";
  for await (const chunk of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    printed += chunk;
    if (printed.includes("generation_id=ID")) break;
  }
  const [, url = "", apiKey = ""] = /listening on (\S+) \(key: (\S+)\)/.exec(printed) ?? [];
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  return { url, apiKey, kill, [Symbol.asyncDispose]: kill };
}
