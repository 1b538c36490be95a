import { listVideosDocument, type Video, type VideoFilter } from "@reelwire/core/operations";
import { type IDataObject, type IExecuteFunctions, tryToParseDateTime } from "n8n-workflow";
import { ask } from "../../gateway/ask.ts";

/** The most that the gateway gives in a page. */
const PAGE = 100;

/** The newest videos that the filters let through, page by page as far as the limit. */
export async function getManyVideos(step: IExecuteFunctions, itemIndex: number): Promise<Video[]> {
  const limit = step.getNodeParameter("returnAll", itemIndex)
    ? Number.POSITIVE_INFINITY
    : Number(step.getNodeParameter("limit", itemIndex));
  const filter = asFilter(step.getNodeParameter("filters", itemIndex) as IDataObject, step.getTimezone());
  const found: Video[] = [];
  let after: string | null = null;
  do {
    const first = Math.min(PAGE, limit - found.length);
    const {
      videos,
    }: { videos: { nodes: readonly Video[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } } =
      await ask(step, listVideosDocument, { first, after, filter });
    found.push(...videos.nodes);
    after = videos.pageInfo.hasNextPage ? videos.pageInfo.endCursor : null;
  } while (after !== null && found.length < limit);
  return found;
}

/** The filters that were filled in. Times without a zone are the workflow's. */
function asFilter(given: IDataObject, zone: string): VideoFilter {
  const entries = Object.entries(given).filter(
    ([, value]) => value !== "" && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      name.startsWith("created") ? tryToParseDateTime(value, zone).toUTC().toISO() : value,
    ]),
  );
}
