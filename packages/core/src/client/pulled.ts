/** Where a pulled iterator has its values from. */
export interface PulledFrom<T> {
  /**
   * Begins, at the first `next`. `wake` says that `take` may have something; `end` that nothing is added any more: what
   * is left is still taken, then the iterator ends, or throws the error given.
   *
   * @returns how to stop; called once
   */
  begin(wake: () => void, end: (error?: Error) => void): () => void;
  /** Takes the next value out, if there is one. */
  take(): T | undefined;
}

/**
 * An async iterator over what is pushed. Unlike a generator's, its `return` takes effect while a `next` is waiting.
 * When the signal aborts, what is waiting rejects with its reason, and values that were not taken are dropped.
 */
export function pulled<T>(signal: AbortSignal, source: PulledFrom<T>): AsyncIterableIterator<T, undefined> {
  let begun = false;
  let ended = false;
  let failure: { error: unknown } | null = null;
  let take = source.take;
  let stop = () => {};
  const waiting: (() => void)[] = [];

  function wake() {
    for (const resolve of waiting.splice(0)) resolve();
  }
  function end(error?: unknown) {
    if (ended) return;
    ended = true;
    if (error !== undefined) failure = { error };
    signal.removeEventListener("abort", abort);
    stop();
    wake();
  }
  function drop() {
    take = () => undefined;
  }
  function abort() {
    drop();
    end(signal.reason);
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (signal.aborted) abort();
      if (!begun && !ended) {
        begun = true;
        signal.addEventListener("abort", abort);
        stop = source.begin(wake, end);
      }
      for (;;) {
        const value = take();
        if (value !== undefined) return { done: false, value };
        if (failure !== null) {
          const { error } = failure;
          failure = null;
          throw error;
        }
        if (ended) return { done: true, value: undefined };
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    async return() {
      drop();
      failure = null;
      end();
      return { done: true, value: undefined };
    },
  };
}
