import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import readline from "node:readline";
import { onTestFinished } from "vitest";

/** A script beside this file, run by another process, with what it prints line by line. Killed after the test. */
export function runChild(
  script: string,
  ...parameters: string[]
): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, [new URL(script, import.meta.url).pathname, ...parameters], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => kill(child));
  return { child, lines: readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

/** As `kill -9` does; resolves when the process is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
