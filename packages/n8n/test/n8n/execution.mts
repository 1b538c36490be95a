import type { INodeExecutionData, IRunExecutionData } from "n8n-workflow";
import type { Execution } from "./start-n8n.mts";

/** What n8n's database has of an execution. */
export function dataOf({ data }: Execution): IRunExecutionData {
  return JSON.parse(data);
}

/** What our node has given last, by one of its outputs. */
export function outputOf(execution: Execution, output = 0): INodeExecutionData[] {
  return dataOf(execution).resultData.runData["Make a video"]?.at(-1)?.data?.main?.[output] ?? [];
}

/** What our node has failed with. */
export function errorOf(execution: Execution) {
  return dataOf(execution).resultData.error;
}
