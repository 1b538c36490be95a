import type { StoredVideo } from "../video-row.ts";

/** What receivers are told of a video where nobody says what: what its owner may know of it, under our own names. */
export async function plainDescription(video: StoredVideo): Promise<Record<string, unknown>> {
  const { id, status, version, externalId, error, createdAt, finishedAt } = video;
  return { id, status, version, externalId, error, createdAt, finishedAt };
}
