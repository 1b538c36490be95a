/** A sleep that can be ended early. A wake that comes before anybody sleeps is not lost. */
export class Wake {
  #woken = false;
  #end: (() => void) | null = null;

  /** Ends the sleep under way, or the next one at once. */
  wake(): void {
    this.#woken = true;
    this.#end?.();
  }

  /**
   * Resolves after `ms`, or as soon as `wake` is called or `signal` aborts. Never rejects.
   *
   * @param ms milliseconds
   * @returns whether `wake` ended it
   */
  async sleep(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#woken && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          this.#end = null;
          resolve();
        };
        const timer = setTimeout(end, ms);
        signal.addEventListener("abort", end);
        this.#end = end;
      });
    }
    const woken = this.#woken;
    this.#woken = false;
    return woken;
  }
}

/** Resolves after `ms` milliseconds, or when `signal` aborts. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Wake().sleep(ms, signal);
}
