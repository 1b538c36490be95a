/** Asks about what was wanted last. */
export interface AskLatest<TWanted> {
  /** Asks about it once nothing else was wanted for a while; what was asked before is not told any more. */
  want(wanted: TWanted): void;
  /** Nothing is told after that. */
  stop(): void;
}

export interface AskLatestOptions<TWanted, TAnswer> {
  ask: (wanted: TWanted, signal: AbortSignal) => Promise<TAnswer>;
  answered: (answer: TAnswer) => void;
  failed: (error: unknown) => void;
  /** For how long nothing else must be wanted, in milliseconds. */
  delayMs: number;
}

export function createAskLatest<TWanted, TAnswer>(options: AskLatestOptions<TWanted, TAnswer>): AskLatest<TWanted> {
  const { ask, answered, failed, delayMs } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = new AbortController();

  function stop() {
    clearTimeout(timer);
    asking.abort();
  }
  return {
    want(wanted) {
      stop();
      asking = new AbortController();
      const { signal } = asking;
      timer = setTimeout(() => {
        ask(wanted, signal).then(
          (answer) => signal.aborted || answered(answer),
          (error: unknown) => signal.aborted || failed(error),
        );
      }, delayMs);
    },
    stop,
  };
}
