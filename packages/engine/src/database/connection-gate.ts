import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers/promises";
import { DatabaseError } from "./database-error.ts";

/** Longest stretch of queries without looking at sockets and timers, in milliseconds. */
const BREATHE_EVERY_MS = 10;

/** Hands out the one connection, to whoever asked first, and finds those who would wait for themselves. */
export class ConnectionGate {
  readonly #settle: () => Promise<void>;
  readonly #inside = new AsyncLocalStorage<{ open: boolean }>();
  #last: Promise<void> = Promise.resolve();
  #refusal: DatabaseError | undefined;
  #breathedAt = performance.now();

  /**
   * `settle` is called before each hand-over, to leave nothing of one user's to the next. Its error is dropped: whoever is
   * next meets the cause.
   */
  constructor(settle: () => Promise<void>) {
    this.#settle = settle;
  }

  /**
   * Resolves when it is the caller's turn, with what ends it.
   *
   * @throws {DatabaseError} `OUTER_QUERY_IN_TRANSACTION` within `holding`, whose turn would never end;
   *   `DATABASE_CLOSED` once closed.
   */
  async acquire(): Promise<() => Promise<void>> {
    if (this.#inside.getStore()?.open) {
      throw new DatabaseError(
        "OUTER_QUERY_IN_TRANSACTION",
        "A query outside the transaction was made inside it, and would wait for it for ever. Use what `transaction` was given; call pg-boss with its `db`, and use each new queue once beforehand.",
      );
    }
    const turn = Promise.withResolvers<void>();
    const before = this.#last;
    this.#last = turn.promise;
    await before;
    if (this.#refusal) {
      turn.resolve();
      throw this.#refusal;
    }
    return async () => {
      await this.#settle().catch(() => {});
      await this.#breathe();
      turn.resolve();
    };
  }

  /** Lets sockets and timers have their turn: a queue handed on by promises alone would keep the event loop to itself. */
  async #breathe(): Promise<void> {
    if (performance.now() - this.#breathedAt < BREATHE_EVERY_MS) return;
    await setImmediate();
    this.#breathedAt = performance.now();
  }

  /** Runs `use` in its turn. */
  async run<Result>(use: () => Promise<Result>): Promise<Result> {
    const release = await this.acquire();
    try {
      return await use();
    } finally {
      await release();
    }
  }

  /** Runs `use`, all within which shall not ask for a turn: its caller has it. */
  async holding<Result>(use: () => Promise<Result>): Promise<Result> {
    const scope = { open: true };
    try {
      return await this.#inside.run(scope, use);
    } finally {
      scope.open = false;
    }
  }

  /** Lets nobody in from now on, also of those who wait. The first reason stays. */
  refuse(reason: DatabaseError): void {
    this.#refusal ??= reason;
  }
}
