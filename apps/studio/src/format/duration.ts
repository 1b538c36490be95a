const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** How long something took, in at most two units: `340 ms`, `4.2 s`, `58 s`, `1 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const positive = Math.max(0, ms);
  if (positive < 999.5) return `${Math.round(positive)} ms`;
  if (positive < 9_950) return `${(positive / 1000).toFixed(1).replace(/\.0$/, "")} s`;
  // The smaller of the two units is rounded before they are split, so that 60 s never stand beside a minute.
  const seconds = positive / 1000;
  const step = seconds < 3_600 ? 1 : seconds < 86_400 ? 60 : 3_600;
  let rest = Math.round(seconds / step) * step;
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}

/** From one moment to another, both as the API gives them. */
export function durationBetween(from: string, to: string): string {
  return formatDuration(Date.parse(to) - Date.parse(from));
}
