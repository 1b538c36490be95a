/**
 * One node of the torture, a process of its own: the gateway as it is deployed, but for how long it waits for what. Prints `ready`
 * once it answers.
 */
import { parseConfiguration, startGateway } from "../../apps/gateway/dist/index.js";
import { NODE_TIMING, POLL_EVERY_MS } from "./settings.ts";

const gateway = await startGateway(parseConfiguration(process.env), {
  engine: { timing: NODE_TIMING, schedule: { nextPollMs: () => POLL_EVERY_MS } },
});
process.once("SIGTERM", () => {
  gateway.close().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${JSON.stringify({ level: "fatal", msg: "closing failed", reason: String(error) })}\n`);
      process.exit(1);
    },
  );
});
process.stdout.write("ready\n");
