import { damaged, type StateFile } from "./state-file.ts";
import type { Upstream } from "./upstream.ts";

/**
 * Lets everything happen again that the file tells of, each at its own time, and returns the port that was listened on
 * last. Throws `STATE_FILE_DAMAGED`.
 */
export function restoreState(upstream: Upstream, { path, records }: StateFile): number | null {
  const { clock, generations, log, markerUses } = upstream;
  let port: number | null = null;
  for (const record of records) {
    clock.advance(Math.max(0, record.at - clock.now()));
    try {
      if (record.type === "accepted") generations.restore(record);
      else if (record.type === "frames") generations.restoreFrames(record);
      else if (record.type === "fault-met") generations.restoreFault(record);
      else if (record.type === "marker-used") markerUses.set(record.name, (markerUses.get(record.name) ?? 0) + 1);
      else if (record.type === "refused") log.add(record.row);
      else if (record.type === "listening") port = record.port;
    } catch (cause) {
      throw damaged(path, cause instanceof Error ? cause.message : String(cause), cause);
    }
  }
  return port;
}
