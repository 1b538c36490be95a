import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const REELWIRE = fileURLToPath(new URL("../dist/reelwire.js", import.meta.url));

/** What a run of the command line came to. */
export interface ReelwireRun {
  code: number | null;
  out: string;
  err: string;
}

/** Runs `reelwire` as a process of its own, to its end. @param variables all that its environment has */
export async function runReelwire(
  parameters: readonly string[],
  variables: Record<string, string>,
  input = "",
): Promise<ReelwireRun> {
  const child = spawn(process.execPath, [REELWIRE, ...parameters], { env: variables, stdio: "pipe" });
  // It may end without having read any.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, out, err };
}
