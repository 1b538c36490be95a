import { ApiError, type InputIssue, videoIdToUuid } from "@reelwire/core";

/** Videos on a page when nobody says how many. */
export const DEFAULT_PAGE_SIZE = 20;

/** Videos on a page at most. */
export const MAX_PAGE_SIZE = 100;

/** What a page is asked for by. */
export interface PageArguments {
  first?: number | null | undefined;
  last?: number | null | undefined;
  after?: string | null | undefined;
  before?: string | null | undefined;
}

/** @throws {ApiError} `BAD_INPUT` with all that is wrong with the page asked for */
export function checkPage(page: PageArguments): void {
  const issues: InputIssue[] = [];
  for (const name of ["first", "last"] as const) {
    const size = page[name];
    if (size == null || (size >= 1 && size <= MAX_PAGE_SIZE)) continue;
    issues.push({ path: [name], message: `A page has 1 to ${MAX_PAGE_SIZE} videos, not ${size}.` });
  }
  if (page.first != null && page.last != null) {
    issues.push({ path: ["last"], message: "Give either `first` or `last`." });
  }
  for (const name of ["after", "before"] as const) {
    const cursor = page[name];
    if (cursor == null || videoIdToUuid(cursor) !== null) continue;
    issues.push({ path: [name], message: "This is not a cursor from a list of videos." });
  }
  if (issues.length > 0) throw ApiError.badInput(issues);
}

/** How many videos a page may have: what the list's cost is counted by. */
export function pageSize({ first, last }: PageArguments): number {
  return Math.min(Math.max(first ?? last ?? DEFAULT_PAGE_SIZE, 1), MAX_PAGE_SIZE);
}
