import { findVideoDocument, type Video } from "@reelwire/core/operations";
import type { IDataObject, IExecuteFunctions, IWebhookFunctions } from "n8n-workflow";
import { ask } from "../../gateway/ask.ts";

/** What became of one item before the node fell asleep: a video to be asked for, and where its file goes; or why there is none. */
export type AwaitedVideo =
  | { videoId: string; reused: boolean; fileField: string }
  | { videoId: null; failed: IDataObject };

/** Keeps it with the execution, in the node's context: n8n stores that, and brings it back when it wakes the node. */
export function rememberAwaited(step: IExecuteFunctions, awaited: readonly AwaitedVideo[]): void {
  Object.assign(step.getContext("node"), { awaited });
}

/** What was kept. A webhook's functions have no `getContext`, but expressions reach it. */
export function recallAwaited(woken: IWebhookFunctions): AwaitedVideo[] {
  const name = JSON.stringify(woken.getNode().name).replaceAll("{", "\\u007b").replaceAll("}", "\\u007d");
  const awaited: unknown = woken.evaluateExpression(`{{ $node[${name}].context["awaited"] }}`);
  if (Array.isArray(awaited)) return awaited;
  throw new TypeError("What is waited for was not kept.");
}

/** The video as it is now; `null` where there is none any more. */
export async function findAwaited(woken: IWebhookFunctions, id: string): Promise<Video | null> {
  return (await ask(woken, findVideoDocument, { id })).video;
}
