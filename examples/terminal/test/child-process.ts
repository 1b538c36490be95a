import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { type EventEmitter, once } from "node:events";

/** A Node program that was started, and what it has written. */
export class Program implements AsyncDisposable {
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  readonly #outputs: readonly EventEmitter[];
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
    this.#outputs = [this.#child.stdout, this.#child.stderr].filter((output) => output !== null);
    this.#ended = once(this.#child, "close");
  }

  /** The first group of a pattern, once what is written to either output fits it. */
  async wrote(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (found !== null) return found[1] ?? found[0];
      if (this.#child.exitCode !== null) throw new Error(`It ended without writing ${pattern}: ${this.stderr}`);
      await Promise.race([...this.#outputs.map((output) => once(output, "data")), this.#ended]);
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
