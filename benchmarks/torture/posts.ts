import { clientRequestId } from "../../packages/core/src/index.ts";
import type { AcceptedGeneration, RecordedRequest } from "../../packages/emulator/src/index.ts";
import type { Evidence, LogRow, VideoRecord } from "./evidence.ts";
import { LASTING } from "./fault-mix.ts";
import { NODE_TIMING } from "./settings.ts";

/** POSTs that were sent although the one before them might have been accepted. */
export function postBreaches({ requests, log, videos, accepted }: Evidence): string[] {
  const posts = requests.filter(({ endpoint }) => endpoint === "create");
  const rows = new Map(log.map((row) => [row.clientRequestId, row]));
  const byId = Map.groupBy(posts, (post) => post.clientRequestId);
  const generations = new Map(accepted.map((generation) => [generation.clientRequestId, generation]));
  return [
    ...[...byId].filter(([, same]) => same.length > 1).map(([id, same]) => `${id} was sent ${same.length} times`),
    ...[...videos.values()].flatMap(({ id, attempt, prompt }) => {
      const sent = Array.from({ length: attempt }, (_, index) => byId.get(clientRequestId(id, index + 1))?.[0] ?? null);
      // One that is not there was refused a connection, or not sent after all.
      return precedingPairs(sent.filter((post) => post !== null))
        .filter(([earlier, later]) => !isKnownNotAccepted(earlier, rows, later.at))
        .filter(([earlier]) => !isLikeRefusal(generations.get(earlier.clientRequestId), prompt))
        .map(
          ([earlier, later]) =>
            `${later.clientRequestId} followed one that was answered with ${earlier.status ?? "nothing"}`,
        );
    }),
  ];
}

function precedingPairs<T>(all: readonly T[]): [T, T][] {
  return all.slice(1).flatMap((later, index): [T, T][] => {
    const earlier = all[index];
    return earlier === undefined ? [] : [[earlier, later]];
  });
}

/** Whether the emulator's answer, or its log by that time, said so. */
function isKnownNotAccepted(
  { status, clientRequestId: id }: RecordedRequest,
  rows: ReadonlyMap<string | null, LogRow>,
  by: number,
): boolean {
  if (status === null || status < 400) return false;
  if (status < 500) return true;
  const row = rows.get(id);
  return row?.isRefusal === true && row.listedAt !== null && row.listedAt <= by;
}

/**
 * Whether nobody can tell a generation from a request that was refused: it failed, so that the log says so, and the upstream was
 * asked by the prompt never to know it.
 */
export function isLikeRefusal(generation: AcceptedGeneration | undefined, prompt: string): boolean {
  return generation?.status === "error" && prompt.includes(LASTING.notFound);
}

/** Whether its row was not there when the log was read for the last time: that is begun after the deadline. */
export function isRightlyUnconfirmed({ id, attempt, submittedAt }: VideoRecord, { log }: Evidence): boolean {
  const deadline = (submittedAt ?? 0) + NODE_TIMING.generationTimeoutMs + NODE_TIMING.settleGraceMs;
  const row = log.find((one) => one.clientRequestId === clientRequestId(id, attempt));
  return row === undefined || row.listedAt === null || row.listedAt > deadline;
}
