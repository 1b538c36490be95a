import type { Video } from "@reelwire/core/operations";
import type { IDataObject } from "n8n-workflow";

/**
 * A video as the JSON of an item, flat, by the names of core's `videoFields`. Not only for people's convenience: n8n takes an item with a
 * filled `error` for a step that failed, and would try it again.
 */
export function videoJson({ error, progress, cost, ...video }: Video): IDataObject {
  return {
    ...video,
    errorCode: error?.code ?? null,
    errorMessage: error?.message ?? null,
    errorRetryable: error?.retryable ?? null,
    errorBilled: error?.billed ?? null,
    progressFraction: progress?.fraction ?? null,
    estimatedCompletionAt: progress?.estimatedCompletionAt ?? null,
    ...cost,
  };
}

/** Whether nothing about it changes any more. */
export function isFinished({ finishedAt }: Video): boolean {
  return finishedAt !== null;
}
