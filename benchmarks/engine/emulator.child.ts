/** The emulator in a process of its own, so that it takes no time from what is measured: `node emulator.child.ts DURATION_MS`. */
import { startEmulator } from "../../packages/emulator/src/index.ts";

const emulator = await startEmulator({
  clip: "cached",
  durationMs: Number(process.argv[2]),
  logDelayMs: 0,
  chargeDelayMs: 0,
  balanceUsd: 1e9,
});
process.on("message", () => process.send?.({ ...emulator.requestCounts, accepted: emulator.accepted.length }));
process.on("disconnect", () => process.exit());
process.send?.({ url: emulator.url, apiKey: emulator.apiKey });
