/** How often a line is written over at a terminal, and another one added elsewhere, in milliseconds. */
const TERMINAL_EVERY_MS = 200;
const ELSEWHERE_EVERY_MS = 10_000;

/** Tells on standard error how far something is. */
export interface ProgressLine {
  tell(done: number, of: number): void;
  /** Leaves the terminal as it was. Safe to call twice. */
  clear(): void;
}

/** @param what is being done, as "exported rows" */
export function progressLine(what: string): ProgressLine {
  const { stderr } = process;
  const everyMs = stderr.isTTY ? TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS;
  let toldAt = performance.now();
  let isShown = false;
  return {
    tell(done, of) {
      if (performance.now() - toldAt < everyMs) return;
      toldAt = performance.now();
      const line = `reelwire: ${what}: ${grouped(done)} of ${grouped(of)}`;
      stderr.write(stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
      isShown = true;
    },
    clear() {
      if (stderr.isTTY && isShown) stderr.write("\r\x1b[K");
      isShown = false;
    },
  };
}

/** A number as people read it: `12,345`. */
export function grouped(number: number): string {
  return number.toLocaleString("en");
}

/** So many of something, in English: `1 video`, `12,345 videos`. */
export function counted(number: number, one: string): string {
  return `${grouped(number)} ${number === 1 ? one : `${one}s`}`;
}
