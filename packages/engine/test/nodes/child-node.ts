import { fork } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import type { CarryStep } from "../../src/carry-context.ts";
import type { EngineOptions } from "../../src/index.ts";
import { kill } from "../database/child-process.ts";

/** How it is set up: what of an engine's options can be written as JSON. */
export interface ChildNodeOptions
  extends Pick<EngineOptions, "dataDir" | "databaseUrl" | "upstream" | "lease" | "timing"> {
  /** At this step of any video it waits to be told to go on. Default: none. */
  waitAt?: CarryStep;
}

export type ToChild = "go on" | "who" | "close";
export type FromChild = { type: "node"; nodeId: string } | { type: "step"; step: CarryStep; videoId: string };

/** A node in a process of its own, killed after the test. */
export interface ChildNode {
  /** As which node it lives now. */
  nodeId(): Promise<string>;
  /** Resolves when it has come to a step, of any video. */
  step(step: CarryStep): Promise<void>;
  tell(message: ToChild): void;
  /** Stops it in the middle of whatever it does, as a machine that sleeps or swaps. */
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
  /** Closes its engine; resolves with its exit code. */
  close(): Promise<number | null>;
}

/** Starts one, and resolves once it takes part. */
export async function startChildNode(options: ChildNodeOptions): Promise<ChildNode> {
  const child = fork(new URL("./node.child.ts", import.meta.url), [JSON.stringify(options)]);
  onTestFinished(() => kill(child));
  const nodes: ((nodeId: string) => void)[] = [];
  const steps = new Map<CarryStep, PromiseWithResolvers<void>>();
  const stepOf = (step: CarryStep) => {
    const known = steps.get(step) ?? Promise.withResolvers<void>();
    steps.set(step, known);
    return known;
  };
  child.on("message", (message: FromChild) => {
    if (message.type === "step") stepOf(message.step).resolve();
    else nodes.shift()?.(message.nodeId);
  });
  const nodeId = async () => {
    const answer = Promise.withResolvers<string>();
    nodes.push(answer.resolve);
    child.send("who" satisfies ToChild);
    return await answer.promise;
  };
  const ready = Promise.withResolvers<string>();
  nodes.push(ready.resolve);
  child.once("exit", (code) => ready.reject(new Error(`the node ended with ${code} before it was ready`)));
  await ready.promise;
  return {
    nodeId,
    step: (step) => stepOf(step).promise,
    tell: (message) => void child.send(message),
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    kill: () => kill(child),
    async close() {
      const exited = once(child, "exit");
      child.send("close" satisfies ToChild);
      const [code] = await exited;
      return code;
    },
  };
}
