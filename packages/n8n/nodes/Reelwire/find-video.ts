import { findVideoDocument, listVideosDocument, type Video } from "@reelwire/core/operations";
import { type IExecuteFunctions, type INodeParameterResourceLocator, NodeOperationError } from "n8n-workflow";
import { ask } from "../../gateway/ask.ts";

/**
 * The video that a step names.
 *
 * @throws {NodeOperationError} where there is no such video, or it is not the key's
 */
export async function findVideo(step: IExecuteFunctions, itemIndex: number): Promise<Video> {
  const { mode, value } = step.getNodeParameter("videoId", itemIndex) as INodeParameterResourceLocator;
  const named = String(value ?? "").trim();
  if (named === "") throw new NodeOperationError(step.getNode(), "Say which video.", { itemIndex });
  const video = mode === "externalId" ? await byExternalId(step, named) : await byId(step, named);
  if (video !== null) return video;
  throw new NodeOperationError(step.getNode(), "There is no such video, or the API key may not see it.", {
    itemIndex,
    description: named,
  });
}

async function byId(step: IExecuteFunctions, id: string): Promise<Video | null> {
  return (await ask(step, findVideoDocument, { id })).video;
}

async function byExternalId(step: IExecuteFunctions, externalId: string): Promise<Video | null> {
  const { videos } = await ask(step, listVideosDocument, { first: 1, filter: { externalId } });
  return videos.nodes[0] ?? null;
}
