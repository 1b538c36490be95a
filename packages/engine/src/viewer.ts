/** Who asks. Every function of the engine takes one, and nobody gets at a video that is not theirs (invariant 9). */
export interface Viewer {
  project: string;
  /** The customer's own user. `null` acts for the whole project: it sees the videos of every subject. */
  subject: string | null;
  /** The API key used, or the one that made the access token used; `null` where there is none. */
  keyId: string | null;
  /** The only videos it may see, of whatever subject; left out: all of its subject's. */
  videoIds?: readonly string[];
}

/** The one project there is while no keys have been made, seen whole. */
export const BUILT_IN_VIEWER: Viewer = { project: "default", subject: null, keyId: null };

/** Whose a video is. */
export interface Owner {
  project: string;
  subject: string;
}

/** What a video made by this viewer is filed under. */
export function ownerOf(viewer: Viewer): Owner {
  return { project: viewer.project, subject: viewer.subject ?? "" };
}

/** Whether a viewer may see this video. */
export function maySee(viewer: Viewer, { id, owner }: { id: string; owner: Owner }): boolean {
  if (viewer.project !== owner.project) return false;
  if (viewer.videoIds !== undefined) return viewer.videoIds.includes(id);
  return viewer.subject === null || viewer.subject === owner.subject;
}
