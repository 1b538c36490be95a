/** An engine in a process of its own, which kills itself at a step: `node engine.child.ts DATA_DIR UPSTREAM_URL KEY STEP`. */
import { parseCreateVideoInput } from "@reelwire/core";
import { BUILT_IN_VIEWER, startEngine } from "../../src/index.ts";
import { quickSchedule, quickTiming } from "../quick-timing.ts";

const [dataDir = "", baseUrl = "", apiKey = "", dieAt = ""] = process.argv.slice(2);

const engine = await startEngine({
  dataDir,
  upstream: { apiKey, baseUrl },
  schedule: quickSchedule,
  timing: quickTiming,
  onStep(step) {
    if (step === dieAt) process.kill(process.pid, "SIGKILL");
  },
});
process.on("message", async (keys: string[]) => {
  for (const idempotencyKey of keys) {
    const input = parseCreateVideoInput({ prompt: "a boat", durationSeconds: 4, idempotencyKey });
    const { video } = await engine.createVideo(BUILT_IN_VIEWER, input);
    process.send?.(video.id);
  }
});
process.send?.("ready");
