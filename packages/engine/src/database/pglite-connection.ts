import type { PGlite, Results } from "@electric-sql/pglite";
import { DatabaseError } from "./database-error.ts";

/**
 * The one connection of PGlite, until it stops. After a PANIC (the disk is full, an fsync failed) PGlite answers nothing
 * more, and the next statement would block the process for ever, so none is let through.
 */
export class PgliteConnection {
  readonly #pglite: PGlite;
  readonly #onStopped: (error: DatabaseError) => void;
  #stopped: DatabaseError | undefined;

  /** `onStopped` is called once, when PGlite stops by itself, before the failing statement rejects. */
  constructor(pglite: PGlite, onStopped: (error: DatabaseError) => void) {
    this.#pglite = pglite;
    this.#onStopped = onStopped;
  }

  /** Whether it stopped by itself. */
  get stopped(): boolean {
    return this.#stopped !== undefined;
  }

  /** One statement, with parameters. */
  query<Row>(text: string, parameters?: readonly unknown[]): Promise<Results<Row>> {
    return this.#guard(() => this.#pglite.query<Row>(text, parameters && [...parameters]));
  }

  /** A script of statements, without parameters. */
  exec(text: string): Promise<Results[]> {
    return this.#guard(() => this.#pglite.exec(text));
  }

  /** Subscribes to `NOTIFY`; resolves with what ends that. */
  async listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>> {
    const unlisten = await this.#guard(() => this.#pglite.listen(channel, onPayload));
    return () => this.#guard(() => unlisten());
  }

  /** Rolls back what a failed script or an abandoned transaction left open: all that came after would fail. */
  async leaveTransaction(): Promise<void> {
    if (!this.stopped && this.#pglite.ready && this.#pglite.isInTransaction()) await this.exec("rollback");
  }

  async #guard<Result>(use: () => Promise<Result>): Promise<Result> {
    if (this.#stopped) throw this.#stopped;
    try {
      return await use();
    } catch (error) {
      if (isFatal(error)) this.#stop(error);
      throw error;
    }
  }

  #stop(cause: Error): void {
    if (this.#stopped) return;
    this.#stopped = new DatabaseError(
      "DATABASE_CLOSED",
      `The embedded database stopped: ${cause.message}. See to the disk, then restart: what was committed is kept.`,
      { cause },
    );
    this.#onStopped(this.#stopped);
  }
}

function isFatal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const severity = "severity" in error ? error.severity : undefined;
  return severity === "PANIC" || severity === "FATAL" || error.name === "RuntimeError";
}
