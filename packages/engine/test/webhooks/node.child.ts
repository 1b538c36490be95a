/**
 * An engine in a process of its own: `node node.child.ts OPTIONS`. Says when it is ready, and makes a video when it is told to; its
 * receivers are on this machine.
 */
import { parseCreateVideoInput } from "@reelwire/core";
import { BUILT_IN_VIEWER, startEngine } from "../../src/index.ts";
import { quickSchedule, quickTiming } from "../quick-timing.ts";
import type { ChildOptions } from "./child-node.ts";

const { diesDescribing, timing, ...options }: ChildOptions = JSON.parse(process.argv[2] ?? "");

const engine = await startEngine({
  ...options,
  allowPrivateAddresses: true,
  schedule: quickSchedule,
  timing: { ...quickTiming, ...timing },
  async describeVideo({ id }) {
    if (diesDescribing) process.kill(process.pid, "SIGKILL");
    return { id };
  },
});
process.on("message", async (callbackUrl: string) => {
  const input = parseCreateVideoInput({ prompt: "a boat", durationSeconds: 4, callbackUrl });
  const { video } = await engine.createVideo(BUILT_IN_VIEWER, input);
  process.send?.(video.id);
});
process.send?.("ready");
