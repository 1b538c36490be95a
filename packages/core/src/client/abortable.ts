/**
 * A promise that rejects with the signal's reason when that aborts. However it settles, what was begun is stopped.
 *
 * @param begin begins what the promise is of, and returns how to stop it: called once, on a turn of its own
 */
export function abortable<T>(
  signal: AbortSignal | undefined,
  begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  let stop = () => {};
  return new Promise<T>((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => reject(signal?.reason);
    const end = begin(resolve, reject);
    signal?.addEventListener("abort", abort);
    stop = () => {
      signal?.removeEventListener("abort", abort);
      end();
    };
  }).finally(() => stop());
}

/** Settles as a promise does, or rejects with the signal's reason when it aborts before. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return abortable(signal, (resolve, reject) => {
    promise.then(resolve, reject);
    return () => {};
  });
}

/** Resolves after so many milliseconds, and rejects with the signal's reason when it aborts. */
export function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return abortable(signal, (resolve) => {
    const timer = setTimeout(resolve, ms);
    return () => clearTimeout(timer);
  });
}
