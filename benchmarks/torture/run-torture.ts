import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../../packages/postgres-for-tests/src/index.ts";
import { Customers } from "./customers.ts";
import { DatabaseLine } from "./database-line.ts";
import { drawsOf } from "./draws.ts";
import { EmulatorLives } from "./emulator-lives.ts";
import { readLog, readVideos } from "./evidence.ts";
import { fetchFiles } from "./finished-files.ts";
import { freePort } from "./free-port.ts";
import { befall, planMisfortunes } from "./misfortunes.ts";
import { GatewayNode, type NodeNotes, type NodeRole, noNotes } from "./node-process.ts";
import { judge, type TortureReport } from "./report.ts";
import { NODE_TIMING, PATIENCE_MS, type TortureSettings } from "./settings.ts";
import { listed } from "./table.ts";
import { planVideos } from "./video-plans.ts";

const ROLES: readonly NodeRole[] = ["both", "both", "both", "web", "worker"];

/** How long the last charges may take, in milliseconds. */
const CHARGES_MS = 20_000;

/**
 * Has videos made while everything goes wrong, lets what is under way end, and judges. It ends within the time of its settings
 * and {@link PATIENCE_MS}; what is not over by then is a breach.
 *
 * @param say told what goes on, a line at a time
 */
export async function runTorture(settings: TortureSettings, say: (line: string) => void): Promise<TortureReport> {
  const begunAt = performance.now();
  await using started = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "reelwire-torture-"));
  let keepDirectory = true;
  const notes = noNotes();
  started.defer(async () => {
    if (keepDirectory)
      say(`The nodes' logs and the emulator's state are in ${directory}. Errors there: ${listed(notes.errors)}`);
    else await rm(directory, { recursive: true, force: true });
  });
  const stateFile = join(directory, "emulator.jsonl");
  // What is answered must survive a crash of the server, though not of the machine.
  const postgres = started.use(await startPostgres({ settings: { synchronous_commit: "on" } }));
  const emulator = started.use(await EmulatorLives.begin({ seed: settings.seed, port: await freePort(), stateFile }));
  const nodes = await startNodes(
    { settings, directory, notes, databaseUrl: postgres.url, variables: variablesFor(emulator, directory) },
    started,
  );
  const answering = nodes.filter(({ role }) => role !== "worker");
  const customers = new Customers(answering);
  started.defer(async () => customers.close());
  say(`${nodes.length} nodes are ready`);

  const plans = planVideos(drawsOf(settings.seed, "videos"), settings);
  const over = new AbortController();
  const madeAll = Promise.allSettled(plans.map((plan) => customers.haveMade(plan, over.signal)));
  const misfortunes = await befall(
    { nodes, postgres, emulator },
    planMisfortunes(drawsOf(settings.seed, "misfortunes"), settings),
  );
  say("all misfortunes are over; waiting for what is under way");
  const patience = setTimeout(() => over.abort(new Error("it took too long")), PATIENCE_MS);
  const surprises = (await madeAll).flatMap((made) =>
    made.status === "rejected" && !over.signal.aborted ? [String(made.reason)] : [],
  );
  clearTimeout(patience);

  say("every video has ended; asking once more, and for the files");
  emulator.now.faults.clear();
  await customers.askOnceMore(plans, AbortSignal.timeout(PATIENCE_MS));
  const videos = await readVideos(postgres);
  const files = await fetchFiles([...videos.values()], answering);
  await allCharged(emulator);
  await Promise.all(nodes.map((node) => node.inTurn(() => node.stop())));

  const { experiences } = customers;
  const evidence = {
    ...experiences,
    videos,
    accepted: emulator.now.accepted,
    charges: emulator.now.charges,
    requests: emulator.requests,
    polls: emulator.polls,
    log: await readLog(stateFile),
    keys: plans.map(({ key }) => key),
    files,
    surprises: [...surprises, ...notes.surprises],
  };
  const breaches = judge(evidence);
  keepDirectory = [...breaches.values()].some((who) => who.length > 0);
  const durationMs = performance.now() - begunAt;
  return { settings, durationMs, misfortunes, faults: emulator.faultsMet, notes, experiences, evidence, breaches };
}

function variablesFor(emulator: EmulatorLives, directory: string): Record<string, string> {
  return {
    AIMLAPI_API_KEY: emulator.now.apiKey,
    AIMLAPI_BASE_URL: emulator.now.url,
    REELWIRE_DATA_DIR: directory,
    REELWIRE_FILES_DIR: join(directory, "files"),
    REELWIRE_GENERATION_TIMEOUT_SECONDS: String(NODE_TIMING.generationTimeoutMs / 1_000),
    REELWIRE_LOG_LEVEL: "info",
  };
}

interface StartNodes {
  settings: TortureSettings;
  directory: string;
  notes: NodeNotes;
  databaseUrl: string;
  variables: Record<string, string>;
}

async function startNodes(
  { settings, databaseUrl, ...shared }: StartNodes,
  started: AsyncDisposableStack,
): Promise<GatewayNode[]> {
  const nodes: GatewayNode[] = [];
  for (let index = 0; index < settings.nodes; index += 1) {
    const role = ROLES[index] ?? "both";
    const database = started.use(await DatabaseLine.to(databaseUrl));
    nodes.push(
      started.use(
        new GatewayNode({ ...shared, database, name: `node-${index + 1}-${role}`, role, port: await freePort() }),
      ),
    );
  }
  await Promise.all(nodes.map((node) => node.inTurn(() => node.start())));
  return nodes;
}

/** Waits until every generation that will end has, and those that completed are charged; the judge sees what is missing. */
async function allCharged({ now }: EmulatorLives): Promise<void> {
  const isOver = () => {
    const ending = now.accepted.filter(({ finishesAt }) => finishesAt !== null);
    const completed = ending.filter(({ status }) => status === "completed").length;
    return (
      ending.every(({ status }) => status === "completed" || status === "error") && now.charges.length >= completed
    );
  };
  await now.until(isOver, { signal: AbortSignal.timeout(CHARGES_MS) }).catch(() => {});
}
