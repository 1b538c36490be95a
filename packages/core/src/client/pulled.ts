/**
 * An async iterator over what is pushed. Unlike a generator's, its `return` takes effect while a `next` is waiting.
 * When a signal aborts, what is waiting rejects with its reason, and values that were not taken are dropped.
 *
 * @param take takes the next value out, if there is one
 * @param push begun at the first `next`, until the signal aborts. It calls back when `take` may have something. When it
 * resolves, what is left is still taken, then the iterator ends; or throws what it rejects with.
 */
export function pulled<T>(
  signals: readonly (AbortSignal | undefined)[],
  take: () => T | undefined,
  push: (signal: AbortSignal, wake: () => void) => Promise<void>,
): AsyncIterableIterator<T, undefined> {
  const left = new AbortController();
  const ended = AbortSignal.any([left.signal, ...signals.filter((signal) => signal !== undefined)]);
  const values = pull();

  async function* pull(): AsyncGenerator<T, undefined> {
    let wake = () => {};
    let over = false;
    ended.throwIfAborted();
    const pushed = push(ended, () => wake()).finally(() => {
      over = true;
      wake();
    });
    pushed.catch(() => {});
    try {
      while (!left.signal.aborted) {
        ended.throwIfAborted();
        const value = take();
        if (value !== undefined) yield value;
        else if (over) return void (await pushed);
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      return undefined;
    } finally {
      left.abort();
    }
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => values.next(),
    return() {
      left.abort();
      return values.return(undefined);
    },
  };
}
