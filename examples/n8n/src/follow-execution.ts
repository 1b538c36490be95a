import { setTimeout as delay } from "node:timers/promises";
import type { Execution, N8nApi } from "./n8n-api.ts";

/** How often n8n is asked how far it is. */
export const LOOK_EVERY_MS = 250;
const FINAL = ["success", "error", "crashed", "canceled"];

/** Looks at a workflow's newest execution until it is over, or in another status that is asked for, and says each on the way. */
export async function followExecution(
  n8n: N8nApi,
  workflowId: string,
  say: (status: string) => void,
  until: readonly string[] = FINAL,
): Promise<Execution> {
  let before: string | null = null;
  for (;;) {
    const execution = await n8n.findExecution(workflowId);
    if (execution !== null && execution.status !== before) {
      before = execution.status;
      say(execution.status);
    }
    if (execution !== null && until.includes(execution.status)) return execution;
    await delay(LOOK_EVERY_MS);
  }
}
