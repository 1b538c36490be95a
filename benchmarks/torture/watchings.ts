import { isFinal } from "../../packages/core/src/index.ts";
import type { Evidence, VideoRecord } from "./evidence.ts";
import type { Stretch, Told, Watching } from "./watchers.ts";

/** What subscribers were told that the database does not have so, or not told at all. */
export function watchingBreaches({ videos, watchings }: Evidence): string[] {
  return watchings.flatMap((watching) => {
    const video = videos.get(watching.videoId);
    const problems = video === undefined ? ["watched a video that is not there"] : problemsOf(watching, video);
    return problems.map((problem) => `${watching.videoId}, watched by ${watching.by}: ${problem}`);
  });
}

function problemsOf({ stretches, ended, failure }: Watching, video: VideoRecord): string[] {
  const problems = stretches.flatMap((stretch, index) => problemsOfStretch(stretch, index === 0, video));
  if (failure !== null) problems.push(`ended with ${failure}`);
  else if (!ended) problems.push("did not end");
  const told = new Set(stretches.flatMap((stretch) => stretch.told.map(({ version }) => version)));
  const first = Math.min(...told);
  const expected = video.versions.map(({ version }) => version).filter((version) => version >= first);
  const missed = expected.filter((version) => !told.has(version));
  if (missed.length > 0 || told.size === 0)
    problems.push(`was not told versions ${missed.join(", ") || "at all"} of ${video.version}`);
  return problems;
}

/** @param isFirst whether nothing was told before, so that it may begin anywhere when it asked for no version */
function problemsOfStretch({ afterVersion, told }: Stretch, isFirst: boolean, video: VideoRecord): string[] {
  const problems: string[] = [];
  let last: Told | null = null;
  for (const message of told) {
    const { version, status } = message;
    const stored = video.versions[version - 1];
    if (stored?.status !== status)
      problems.push(`was told ${status} as version ${version}, which is ${stored?.status ?? "not there"}`);
    const before: number | null = last?.version ?? afterVersion;
    if (last !== null && isFinal(last.status)) problems.push(`was told version ${version} after the final one`);
    else if (last !== null && version === last.version && !isNewer(message, last))
      problems.push(`was told version ${version} twice`);
    else if (before !== null && version !== before && version !== before + 1)
      problems.push(`was told version ${version} after ${before}`);
    else if (before !== null && version === before && last === null && (isFirst || message.lastCheckedAt === null)) {
      problems.push(`asked for what follows version ${before}, and was told ${version}`);
    }
    last = message;
  }
  return problems;
}

/** A look at the upstream that changed nothing comes as the same version. */
function isNewer(message: Told, before: Told): boolean {
  return (message.lastCheckedAt ?? "") > (before.lastCheckedAt ?? "");
}
