import { mixOfEveryFault } from "./fault-mix.ts";
import { countOverlappingPolls } from "./poll-loops.ts";
import type { TortureReport } from "./report.ts";

/** The report as a table in Markdown. */
export function tableOf(report: TortureReport): string {
  return [
    ...section(["misfortune", "times"], report.misfortunes),
    ...section(["what went on", ""], activityOf(report)),
    ...section(["videos ended as", ""], outcomesOf(report)),
    ...section(
      ["rule", "breaches"],
      [...report.breaches].map(([rule, who]) => [rule, who.length]),
    ),
  ].join("\n");
}

function section(header: readonly string[], rows: Iterable<readonly [string, number | string]>): string[] {
  const line = (cells: readonly (number | string)[]) => `| ${cells.join(" | ")} |`;
  const shown = [...rows].map(([name, value]) =>
    line([name, typeof value === "number" ? value.toLocaleString("en") : value]),
  );
  return [line(header), "| --- | --- |", ...shown, ""];
}

function activityOf({
  settings,
  durationMs,
  notes,
  experiences,
  evidence,
  faults,
}: TortureReport): [string, number | string][] {
  const { requests, accepted, charges, watchings, videos } = evidence;
  const told = watchings.flatMap(({ stretches }) => stretches.flatMap((stretch) => stretch.told));
  const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);
  const requestsTo = (endpoint: string) => requests.filter((request) => request.endpoint === endpoint).length;
  return [
    ["seed", settings.seed],
    ["gateway processes", settings.nodes],
    ["duration", `${Math.round(durationMs / 1_000)} s`],
    ["`createVideo` sent", experiences.asked],
    ["… its caller hung up", experiences.hungUp],
    ["… answered with an id", experiences.answers.length],
    ["… with another input", experiences.conflictsAsked],
    ["errors that customers were told", listed(experiences.errors)],
    ["videos", videos.size],
    ["POSTs to the emulator", requestsTo("create")],
    ["polls", requestsTo("status")],
    ["… while an earlier one of the same generation was open", countOverlappingPolls(evidence)],
    ["pages of the request log", requestsTo("logs")],
    ["faults that took effect", sum(faults.values())],
    ["… different ones, of those that the gateway can meet", `${faults.size} of ${mixAtAskedEndpoints().length}`],
    ["generations accepted", accepted.length],
    ["charges", charges.length],
    ["subscriptions", watchings.length],
    [
      "… websockets that the bare ones took",
      sum(watchings.filter(({ by }) => by === "protocol").map(({ stretches }) => stretches.length)),
    ],
    ["messages told", told.length],
    ["nodes that lost their lease, or were gone", notes.lostNodes],
    ["videos taken over from them", notes.takenOver],
    ["nodes that slept past their lease and began anew", notes.begunAnew],
    ["claims of videos", sum([...videos.values()].map(({ fence }) => fence))],
    ["files that are MP4s", evidence.files.filter(({ isMp4 }) => isMp4).length],
    [
      "files that the upstream never gave away, as it was asked to",
      evidence.files.filter(({ isGoneForGood }) => isGoneForGood).length,
    ],
  ];
}

/** The gateway asks for neither transactions nor metrics. */
function mixAtAskedEndpoints() {
  return mixOfEveryFault().filter(({ on }) => on !== "transactions" && on !== "metrics");
}

function outcomesOf({ evidence }: TortureReport): [string, number][] {
  const outcomes = Map.groupBy(evidence.videos.values(), ({ status, errorCode }) =>
    errorCode === null ? status : `${status}, ${errorCode}`,
  );
  return [...outcomes]
    .map(([outcome, videos]): [string, number] => [outcome, videos.length])
    .sort(([, a], [, b]) => b - a);
}

/** Each name with its count, on one line. */
export function listed(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${name} ${count}`).join(", ") || "none";
}
