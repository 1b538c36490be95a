import type { VideoFilter, VideoStatus } from "@reelwire/react";
import { addDays, isDay } from "../format/day.ts";

/** The statuses that people tell apart, as the address names them. */
export const STATUS_GROUPS = {
  running: ["ACCEPTED", "SUBMITTING", "UNCONFIRMED", "QUEUED", "GENERATING"],
  finished: ["COMPLETED"],
  failed: ["FAILED"],
  canceled: ["CANCELED"],
} as const satisfies Readonly<Record<string, readonly VideoStatus[]>>;
export type StatusGroup = keyof typeof STATUS_GROUPS;

/** What the gallery is narrowed to, as its address says: `/videos?status=failed&search=boat&from=2026-11-01&to=2026-11-22`. */
export interface GalleryFilter {
  /** `null`: all of them. */
  status: StatusGroup | null;
  /** `""`: any. */
  search: string;
  /** The first day that counts, `YYYY-MM-DD` in the viewer's time zone; `null`: since ever. */
  from: string | null;
  /** The last day that counts, likewise. */
  to: string | null;
}

/** Longer texts are not looked for. */
export const MAX_SEARCH_CHARACTERS = 200;

/** What an address says. What it cannot mean is left out. */
export function readGalleryFilter(search: string): GalleryFilter {
  const parameters = new URLSearchParams(search);
  const status = parameters.get("status") ?? "";
  const from = parameters.get("from") ?? "";
  const to = parameters.get("to") ?? "";
  return {
    status: isStatusGroup(status) ? status : null,
    search: (parameters.get("search") ?? "").slice(0, MAX_SEARCH_CHARACTERS),
    from: isDay(from) ? from : null,
    to: isDay(to) ? to : null,
  };
}

function isStatusGroup(text: string): text is StatusGroup {
  return Object.hasOwn(STATUS_GROUPS, text);
}

/** The address of a gallery that is narrowed so. */
export function galleryAddress({ status, search, from, to }: GalleryFilter): string {
  const parameters = new URLSearchParams();
  if (status !== null) parameters.set("status", status);
  if (search.trim() !== "") parameters.set("search", search);
  if (from !== null) parameters.set("from", from);
  if (to !== null) parameters.set("to", to);
  return parameters.size === 0 ? "/videos" : `/videos?${parameters}`;
}

/** Whether anything is left out by it. */
export function isNarrowed(filter: GalleryFilter): boolean {
  return galleryAddress(filter) !== "/videos";
}

/** The same, as the API is asked. */
export function toVideoFilter({ status, search, from, to }: GalleryFilter): VideoFilter {
  const text = search.trim();
  return {
    ...(status !== null && { status: [...STATUS_GROUPS[status]] }),
    ...(text !== "" && { search: text }),
    // The API's bounds are exclusive; the days are not.
    ...(from !== null && { createdAfter: new Date(startOfLocalDay(from) - 1).toISOString() }),
    ...(to !== null && { createdBefore: new Date(startOfLocalDay(addDays(to, 1))).toISOString() }),
  };
}

/** Without a zone, a time is read as the viewer's. */
function startOfLocalDay(day: string): number {
  return Date.parse(`${day}T00:00:00`);
}
