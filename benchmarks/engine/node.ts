import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { EngineHealth, EngineOptions } from "../../packages/engine/src/index.ts";

/** What an engine's process can be told to do. */
export type NodeCommand = { id: number } & (
  | { do: "create"; count: number; atOnce: number }
  | { do: "list"; times: number }
  | { do: "report" }
  | { do: "count" }
  | { do: "measure" }
  | { do: "close" }
);

/** What an engine's process says of itself. Times in milliseconds, memory in bytes after a collection of garbage. */
export interface NodeReport {
  /** The delay of its event loop since `measure`. */
  loop: { p50: number; p99: number; max: number };
  heapUsed: number;
  rss: number;
  active: number;
  unfinished: number;
  accepted: number;
  cpuMs: number;
}

/** An engine in a process of its own. */
export interface BenchmarkNode extends AsyncDisposable {
  /** How long each `createVideo` took, in milliseconds. */
  create(count: number, atOnce: number): Promise<number[]>;
  /** How long each page of 50 videos took, in milliseconds. */
  list(times: number): Promise<number[]>;
  report(): Promise<NodeReport>;
  health(): Promise<EngineHealth>;
  /** Begins to measure the event loop anew. */
  measure(): Promise<void>;
  close(): Promise<void>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
}

export async function startNode(options: EngineOptions): Promise<BenchmarkNode> {
  const child = fork(fileURLToPath(new URL("./node.child.ts", import.meta.url)), [JSON.stringify(options)], {
    execArgv: ["--expose-gc"],
  });
  await once(child, "message");
  const answers = new Map<number, (answer: never) => void>();
  child.on("message", ({ id, answer }: { id: number; answer: never }) => {
    answers.get(id)?.(answer);
    answers.delete(id);
  });
  let id = 0;
  // Distributed over the members of the union, each without its `id`.
  type Told = NodeCommand extends infer Command ? (Command extends NodeCommand ? Omit<Command, "id"> : never) : never;
  const tell = <Answer>(command: Told): Promise<Answer> =>
    new Promise((resolve) => {
      id += 1;
      answers.set(id, resolve);
      child.send({ id, ...command });
    });
  return {
    create: (count, atOnce) => tell({ do: "create", count, atOnce }),
    list: (times) => tell({ do: "list", times }),
    report: () => tell({ do: "report" }),
    health: () => tell({ do: "count" }),
    measure: () => tell({ do: "measure" }),
    close: () => tell({ do: "close" }),
    kill: () => end(child),
    [Symbol.asyncDispose]: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
