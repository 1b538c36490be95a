import { listModelsDocument, listVideosDocument } from "@reelwire/core/operations";
import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from "n8n-workflow";
import { ask } from "../../gateway/ask.ts";
import { nodeError } from "../../gateway/node-error.ts";

/** As many as fit a list that people look through. */
const PAGE = 50;

/** What the model can be. Nothing is a choice too, the gateway's default: the editor marks a value that is not in the list as wrong. */
export async function getModels(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  try {
    const { models } = await ask(this, listModelsDocument, {});
    const byDefault = { name: "Default", value: "", description: models.find(({ isDefault }) => isDefault)?.id ?? "" };
    return [byDefault, ...models.map(({ id, name }) => ({ name, value: id, description: id }))];
  } catch (error) {
    throw nodeError(this.getNode(), error);
  }
}

/** The newest videos whose prompt or external id has what was typed. */
export async function searchVideos(
  this: ILoadOptionsFunctions,
  search?: string,
  after?: string,
): Promise<INodeListSearchResult> {
  try {
    const filter = search ? { search } : null;
    const { videos } = await ask(this, listVideosDocument, { first: PAGE, after: after ?? null, filter });
    const { hasNextPage, endCursor } = videos.pageInfo;
    return {
      results: videos.nodes.map(({ id, prompt, status, studioUrl }) => ({
        name: `${prompt.slice(0, 80)} (${status.toLowerCase()})`,
        value: id,
        url: studioUrl,
      })),
      ...(hasNextPage && endCursor !== null && { paginationToken: endCursor }),
    };
  } catch (error) {
    throw nodeError(this.getNode(), error);
  }
}
