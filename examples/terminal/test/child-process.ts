import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";

/** A Node program that was started, and what it has written. */
export class Program implements AsyncDisposable {
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(script: URL, args: readonly string[] = [], options: SpawnOptions = {}) {
    this.#child = spawn(process.execPath, [script.pathname, ...args], {
      ...options,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.#ended = once(this.#child, "close");
  }

  /** The first group of a pattern, once the standard output fits it. */
  async wrote(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.stdout);
      if (found !== null) return found[1] ?? found[0];
      if (this.#child.exitCode !== null) throw new Error(`It ended without writing ${pattern}: ${this.stderr}`);
      await Promise.race([once(this.#child.stdout ?? this.#child, "data"), this.#ended]);
    }
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** Its exit code, once it has ended. */
  async exitCode(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#ended;
  }
}
