import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { DatabaseLine } from "./database-line.ts";
import { TakesTurns } from "./take-turns.ts";

const PROGRAM = fileURLToPath(new URL("./gateway-node.ts", import.meta.url));

/** How long a node may take to start, the database's absence included, or to stop, in milliseconds. */
const START_MS = 60_000;
const STOP_MS = 30_000;
const START_AGAIN_MS = 300;

export type NodeRole = "both" | "web" | "worker";

/** What the nodes' logs tell of, counted over all of them. */
export interface NodeNotes {
  /** Nodes that others gave up, and the videos that they gave to others. */
  lostNodes: number;
  takenOver: number;
  /** Nodes that found out, and began anew. */
  begunAnew: number;
  /** Starts that failed, as while the database is away. */
  failedStarts: number;
  /** Lines of level `error` or `fatal`, by their message. */
  errors: Map<string, number>;
  /** What no misfortune explains: a process that ended by itself, or did not end when told to. */
  surprises: string[];
}

export function noNotes(): NodeNotes {
  return { lostNodes: 0, takenOver: 0, begunAnew: 0, failedStarts: 0, errors: new Map(), surprises: [] };
}

/** What a node is started with. */
export interface NodeOptions {
  name: string;
  role: NodeRole;
  port: number;
  variables: Readonly<Record<string, string>>;
  database: DatabaseLine;
  notes: NodeNotes;
  /** Where its log goes. */
  directory: string;
}

/** One gateway process after another under the same address. */
export class GatewayNode extends TakesTurns {
  readonly name: string;
  readonly role: NodeRole;
  readonly url: string;
  readonly #options: NodeOptions;
  readonly #log: WriteStream;
  #child: ChildProcess | null = null;

  constructor(options: NodeOptions) {
    super();
    this.name = options.name;
    this.role = options.role;
    this.url = `http://127.0.0.1:${options.port}`;
    this.#options = options;
    this.#log = createWriteStream(join(options.directory, `${options.name}.log`));
    // A process that is stopped outlives its parent otherwise, and waits for ever.
    process.once("exit", this.#killNow);
  }

  readonly #killNow = () => this.#child?.kill("SIGKILL");

  /** Starts it, again where that fails, as a supervisor would. */
  async start(): Promise<void> {
    const until = performance.now() + START_MS;
    while (!(await this.#startOnce())) {
      this.#options.notes.failedStarts += 1;
      if (performance.now() > until) throw new Error(`${this.name} does not start; see its log`);
      await wait(START_AGAIN_MS);
    }
  }

  async kill(): Promise<void> {
    const child = this.#takeChild();
    if (child === null) return;
    child.kill("SIGKILL");
    await ended(child);
  }

  /** Holds the process as it is, as a suspended machine would be. */
  async pauseFor(ms: number): Promise<void> {
    this.#child?.kill("SIGSTOP");
    await wait(ms);
    this.#child?.kill("SIGCONT");
  }

  /** Lets it run, without the database and without a word of that. */
  async cutOffFor(ms: number): Promise<void> {
    const { database } = this.#options;
    database.fallSilent();
    await wait(ms);
    database.speakAgain();
  }

  /** Asks it to stop, and waits until it has. */
  async stop(): Promise<void> {
    const child = this.#takeChild();
    if (child === null) return;
    const { surprises } = this.#options.notes;
    const overdue = setTimeout(() => {
      surprises.push(`${this.name} did not stop within ${STOP_MS / 1000} s of SIGTERM`);
      child.kill("SIGKILL");
    }, STOP_MS);
    child.kill("SIGTERM");
    await ended(child);
    clearTimeout(overdue);
    if (child.exitCode !== 0 && child.signalCode !== "SIGKILL") {
      surprises.push(`${this.name} stopped with exit code ${child.exitCode}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off("exit", this.#killNow);
    await this.kill();
    this.#log.end();
  }

  /** Whoever takes it is the one that ends it. */
  #takeChild(): ChildProcess | null {
    const child = this.#child;
    this.#child = null;
    return child;
  }

  /** @returns whether it answers; otherwise it has ended */
  async #startOnce(): Promise<boolean> {
    const { role, port, variables, database } = this.#options;
    const child = spawn(process.execPath, [PROGRAM], {
      env: {
        ...variables,
        DATABASE_URL: database.url,
        PORT: String(port),
        REELWIRE_ROLE: role,
        NODE_ENV: "production",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    createInterface({ input: child.stderr }).on("line", (line) => this.#note(line));
    const ready = await Promise.race([
      once(child.stdout, "data").then(() => true),
      once(child, "close").then(() => false),
    ]);
    if (!ready) {
      if (this.#child === child) this.#child = null;
      return false;
    }
    child.once("close", (code, signal) => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#options.notes.surprises.push(`${this.name} ended by itself (${signal ?? `exit code ${code}`})`);
      this.inTurn(() => this.start()).catch((error: unknown) => this.#options.notes.surprises.push(String(error)));
    });
    return true;
  }

  #note(line: string): void {
    this.#log.write(`${line}\n`);
    const { notes } = this.#options;
    const { level, msg, nodes, videos } = parseLine(line);
    if (level === "error" || level === "fatal") notes.errors.set(msg, (notes.errors.get(msg) ?? 0) + 1);
    if (msg.startsWith("nodes were not heard of")) {
      notes.lostNodes += nodes;
      notes.takenOver += videos;
    }
    if (msg.startsWith("this node was not heard of")) notes.begunAnew += 1;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

interface LogLine {
  level: string;
  msg: string;
  nodes: number;
  videos: number;
}

function parseLine(line: string): LogLine {
  const nothing: LogLine = { level: "", msg: "", nodes: 0, videos: 0 };
  try {
    return { ...nothing, ...JSON.parse(line) };
  } catch {
    return nothing;
  }
}
