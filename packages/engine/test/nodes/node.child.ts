/**
 * A node in a process of its own: `node node.child.ts OPTIONS`. Says that it is ready and each step of each video; at one of
 * them it waits until it is told to go on.
 */
import { startEngine } from "../../src/index.ts";
import { quickSchedule, quickTiming } from "../quick-timing.ts";
import type { ChildNodeOptions, FromChild, ToChild } from "./child-node.ts";

const { waitAt, timing, ...options }: ChildNodeOptions = JSON.parse(process.argv[2] ?? "");
const goesOn = Promise.withResolvers<void>();
const tell = (message: FromChild) => process.send?.(message);

const engine = await startEngine({
  ...options,
  schedule: quickSchedule,
  timing: { ...quickTiming, ...timing },
  onStep(step, videoId) {
    tell({ type: "step", step, videoId });
    return step === waitAt ? goesOn.promise : undefined;
  },
});
process.on("message", async (message: ToChild) => {
  if (message === "go on") goesOn.resolve();
  if (message === "who") tell({ type: "node", nodeId: engine.nodeId() });
  if (message === "close") {
    await engine.close();
    process.disconnect?.();
  }
});
tell({ type: "node", nodeId: engine.nodeId() });
