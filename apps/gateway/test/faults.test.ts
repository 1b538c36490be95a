import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, type FaultName, type FaultPoint, faultList, startEmulator } from "@reelwire/emulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseConfiguration } from "../src/configuration.ts";
import { createLog } from "../src/log.ts";
import { type Gateway, startGateway } from "../src/start-gateway.ts";
import { CREATE_VIDEO, createTestClient, postGraphql } from "./test-gateway.ts";

/** The points at which a fault can concern a video. */
const POINTS = ["create", "generation", "status", "logs", "file"] as const satisfies readonly FaultPoint[];
type Point = (typeof POINTS)[number];

/** Values that keep the run short; the others take their default. */
const VALUES: Partial<Record<FaultName, string>> = {
  slow: ":50",
  "slow-after-accepting": ":50",
  "rate-limited-retry-after": ":1",
  "generation-error": ":content_policy:Refused.",
};

/** Faults of a poll that are also tried for ever, not once alone. */
const LASTING: readonly FaultName[] = ["not-found", "unknown-status", "completed-without-url"];

interface Row {
  point: Point;
  fault: FaultName;
  times: "once" | "always";
}

const rows: Row[] = POINTS.flatMap((point) =>
  faultList
    .filter((fault) => (fault.on as readonly FaultPoint[]).includes(point))
    .flatMap(({ name }): Row[] => {
      if (point === "generation") return [{ point, fault: name, times: "always" }];
      const once: Row = { point, fault: name, times: "once" };
      const lasts = point === "status" ? LASTING.includes(name) : point === "file";
      return lasts ? [once, { ...once, times: "always" }] : [once];
    }),
);

let emulator: Emulator;
let gateway: Gateway;
let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "reelwire-faults-"));
  emulator = await startEmulator({ clip: "cached", durationMs: 600, logDelayMs: 0, chargeDelayMs: 0 });
  const configuration = parseConfiguration({ PORT: "0", REELWIRE_DATA_DIR: dataDir });
  const upstream = { apiKey: emulator.apiKey, baseUrl: emulator.url, retries: 0 };
  gateway = await startGateway(
    { ...configuration, upstream },
    {
      log: createLog({ level: "silent", secrets: [emulator.apiKey] }),
      engine: {
        schedule: { nextPollMs: () => 20 },
        timing: {
          ...{ settleFirstMs: 20, settleLongestMs: 100, submitRetryFirstMs: 20, submitRetryLongestMs: 50 },
          ...{ oddAnswerGraceMs: 300, generationTimeoutMs: 5_000, settleGraceMs: 0 },
        },
      },
    },
  );
});

afterAll(async () => {
  await gateway.close();
  await emulator.close();
  await rm(dataDir, { recursive: true, force: true });
});

test("invariants 2 and 3: docs/faults.md says what each fault of the emulator leads to", async () => {
  // A fault of the log can only be met by a video whose answer was lost, and a 429 holds up all that is to be sent; those are
  // driven one at a time.
  const isAlone = ({ point, fault }: Row) => point === "logs" || fault.startsWith("rate-limited");
  const releasing = releaseWhatIsHeld();
  const results = new Map(
    await Promise.all(rows.filter((row) => !isAlone(row)).map(async (row) => [row, await drive(row)] as const)),
  );
  for (const row of rows.filter(isAlone)) results.set(row, await drive(row));
  releasing.abort();
  const told = rows.flatMap((row) => results.get(row) ?? []);
  expect(told).toHaveLength(rows.length);
  await expect(page(told)).toMatchFileSnapshot("../../../docs/faults.md");
});

/** A request that the emulator holds goes on as soon as it is held. */
function releaseWhatIsHeld(): AbortController {
  const stop = new AbortController();
  void (async () => {
    for await (const event of emulator.events({ signal: stop.signal })) {
      if (event.type === "fault" && event.fault.startsWith("held")) emulator.faults.release();
    }
  })().catch(() => {});
  return stop;
}

interface Result extends Row {
  met: string;
  end: string;
  file: string;
  posts: number;
  accepted: number;
  charges: number;
}

async function drive(row: Row): Promise<Result> {
  const marker = `[fault:${row.point}/${row.fault}${VALUES[row.fault] ?? ""}${row.times === "once" ? "*1" : ""}]`;
  // Named in the prompt, since the emulator counts a marker's times by prompt.
  const boat = `a paper boat in a storm of ${row.point}, ${row.fault}, ${row.times}`;
  const lost = "[fault:create/lost-after-accepting*1]";
  let prompt = `${boat} ${marker}`;
  if (row.fault === "late-log-row") prompt = `${boat} ${lost} ${marker}`;
  if (row.point === "logs") {
    emulator.faults.next({ on: "logs", fault: row.fault, ...(row.fault === "slow" ? { value: 50 } : {}) } as Parameters<
      Emulator["faults"]["next"]
    >[0]);
    prompt = `${boat} ${lost}`;
  }
  const { data } = await postGraphql(gateway.url, CREATE_VIDEO, { input: { prompt, durationSeconds: 4 } });
  const id: string = data.createVideo.video.id;
  const met = new Set<string>();
  let last: Watched | null = null;
  for await (const video of watch(id)) {
    if (video.status === "UNCONFIRMED") met.add("`UNCONFIRMED`");
    if (video.waitingReason !== null) met.add(`\`${video.waitingReason}\``);
    last = video;
  }
  if (last === null) throw new Error("nothing was told");
  const file = last.url === null ? "–" : await tryFile(last.url);
  const mine = emulator.accepted.filter((generation) => generation.clientRequestId?.startsWith(id));
  const generations = new Set(mine.map((generation) => generation.id));
  // Whatever the video came to: what was accepted and can end well is charged when it ends, perhaps after the video has.
  if (row.fault !== "generation-error" && row.fault !== "stuck")
    await emulator.until(() => mine.every(({ id }) => emulator.charges.some((one) => one.generationId === id)));
  const { error } = last;
  return {
    ...row,
    met: [...met].join(", ") || "–",
    end:
      error === null
        ? `\`${last.status}\``
        : `\`${last.status}\`: \`${error.code}\`, ${error.retryable ? "retryable" : "not retryable"}, billed: ${error.billed ?? "unknown"}`,
    file,
    posts: emulator.requests.filter(
      (request) => request.endpoint === "create" && request.clientRequestId?.startsWith(id),
    ).length,
    accepted: mine.length,
    charges: emulator.charges.filter((charge) => generations.has(charge.generationId)).length,
  };
}

interface Watched {
  status: string;
  waitingReason: string | null;
  url: string | null;
  error: { code: string; retryable: boolean; billed: boolean | null } | null;
}

async function* watch(id: string): AsyncGenerator<Watched> {
  const client = createTestClient(gateway.url);
  const query = `subscription ($id: ID!) {
    videoStatus(id: $id, afterVersion: 0) { status waitingReason url error { code retryable billed } }
  }`;
  try {
    for await (const { data, errors } of client.iterate<{ videoStatus: Watched }>({ query, variables: { id } })) {
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      if (data?.videoStatus !== undefined) yield data.videoStatus;
    }
  } finally {
    await client.dispose();
  }
}

/** Whether the file can be had. The first request may share the copy that meets the fault; the second makes its own. */
async function tryFile(url: string): Promise<string> {
  for (let request = 1; request <= 2; request += 1) {
    const response = await fetch(url);
    await response.arrayBuffer();
    if (response.ok) return "plays";
  }
  return "not available";
}

function page(results: readonly Result[]): string {
  const where: Record<Point, string> = {
    create: "the submission",
    generation: "the generation",
    status: "a poll",
    logs: "reading the log, after a lost answer",
    file: "the file",
  };
  const lines = POINTS.flatMap((point) =>
    results
      .filter((result) => result.point === point)
      .map(
        (result) =>
          `| ${where[point]} | \`${result.fault}\`${result.times === "always" && point !== "generation" ? ", always" : ""} | ${result.met} | ${result.end} | ${result.file} | ${result.posts} | ${result.accepted} | ${result.charges} |`,
      ),
  );
  return [
    "# What happens when the upstream misbehaves",
    "",
    "Every fault of the [emulator](../packages/emulator/README.md) that a video can meet, driven through `createVideo`. This page is",
    "written and checked by `apps/gateway/test/faults.test.ts`; `npx -y pnpm@12 exec vitest run faults -u` writes it anew. Unless it says *always*, a",
    "fault happens once. *On the way* is what a subscriber sees besides the usual statuses. A file *plays* at the latest when asked for twice.",
    "",
    "Whatever the fault, the upstream accepts at most one generation for each video, and charges at most once.",
    "",
    "| where | fault | on the way | the user is told | file | POSTs | accepted | charged |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}
