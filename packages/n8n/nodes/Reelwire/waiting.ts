import { type IExecuteFunctions, NodeOperationError } from "n8n-workflow";

/** How a step waits for its videos. */
export interface Waiting {
  /** At which n8n wakes the execution. */
  callbackUrl: string;
  /** When n8n wakes it in any case. */
  deadline: Date;
  /** Where the file of an item's video goes. */
  fileField(itemIndex: number): string;
}

const MINUTES_OF_A_YEAR = 525_600;

/**
 * How the step is to wait; `null` where it is not to, nor can: an agent's tool is not to fall asleep in the middle of an answer.
 *
 * @throws {NodeOperationError} where it cannot be waited so: before anything is paid for
 */
export function readWaiting(step: IExecuteFunctions): Waiting | null {
  if (isTool(step) || step.getNodeParameter("waitMode", 0) !== "UNTIL_FINISHED") return null;
  const minutes = Number(step.getNodeParameter("deadlineMinutes", 0));
  if (!(minutes > 0 && minutes <= MINUTES_OF_A_YEAR)) {
    throw new NodeOperationError(step.getNode(), `It can be waited for up to ${MINUTES_OF_A_YEAR} minutes.`);
  }
  return {
    callbackUrl: String(step.evaluateExpression("{{ $execution.resumeUrl }}", 0)),
    deadline: new Date(Date.now() + minutes * 60_000),
    fileField: (itemIndex) => String(step.getNodeParameter("outputField", itemIndex)) || "data",
  };
}

/** Under either of n8n's ways to run one. */
function isTool(step: IExecuteFunctions): boolean {
  return step.isToolExecution() || step.getNode().type.endsWith("Tool");
}
