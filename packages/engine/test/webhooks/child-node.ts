import { fork } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import type { EngineOptions } from "../../src/index.ts";
import { kill } from "../database/child-process.ts";

/** How it is set up: what of an engine's options can be written as JSON. */
export interface ChildOptions extends Pick<EngineOptions, "dataDir" | "databaseUrl" | "upstream" | "lease" | "timing"> {
  /** Whether it is killed as it is about to deliver: the video's end is saved, and nothing was sent. */
  diesDescribing?: boolean;
}

/** A node in a process of its own, killed after the test. */
export interface ChildNode {
  /** Makes a video; resolves with its id. */
  make(callbackUrl: string): Promise<string>;
  /** Resolves when it is gone. */
  exited: Promise<unknown>;
  kill(): Promise<void>;
}

/** Starts one, and resolves once it takes part. */
export async function startChildNode(options: ChildOptions): Promise<ChildNode> {
  const child = fork(new URL("./node.child.ts", import.meta.url), [JSON.stringify(options)]);
  onTestFinished(() => kill(child));
  const exited = once(child, "exit");
  await once(child, "message");
  return {
    async make(callbackUrl) {
      const made = once(child, "message");
      child.send(callbackUrl);
      const [id] = await made;
      return id;
    },
    exited,
    kill: () => kill(child),
  };
}
