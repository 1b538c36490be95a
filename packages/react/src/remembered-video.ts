import {
  type Connection,
  type CreateVideoInput,
  createVideo,
  findVideo,
  listVideos,
  ReelwireError,
  type Video,
} from "@reelwire/core/client";

/** What is kept of a video in the browser's `localStorage`. */
interface Remembered {
  /** Kept before the video is asked for, since a reload may come before the answer. */
  idempotencyKey: string;
  /** Kept once it is known. */
  id?: string;
}

/** How often a video without an id is looked for: its request may still have been on its way when the page was left. */
const LOOKS = 3;

/** What this page has asked for and is not answered yet, by idempotency key. */
const unanswered = new WeakMap<Connection, Map<string, ReturnType<typeof createVideo>>>();

/**
 * Looks for the video that is remembered. As long as the gateway cannot be reached it is asked again. What is not there, or
 * somebody else's, is forgotten.
 *
 * @param isWanted asked before each try: where it is not, this throws `CLOSED`
 * @param found called when one is remembered, before it is looked for
 */
export async function findRemembered(
  connection: Connection,
  key: string,
  isWanted: () => boolean,
  found: () => void,
): Promise<Video | null> {
  const remembered = recall(key);
  if (remembered === null) return null;
  found();
  const answer = await unanswered
    .get(connection)
    ?.get(remembered.idempotencyKey)
    ?.catch(() => null);
  if (answer) return answer.video;
  for (let tries = 0, looks = 1; ; tries++) {
    if (!isWanted())
      throw new ReelwireError({ code: "CLOSED", message: "Nobody looks for it any more.", retryable: false });
    try {
      const video = await look(connection, remembered);
      if (video !== null) {
        remember(key, { ...remembered, id: video.id });
        return video;
      }
      if (remembered.id !== undefined || looks++ === LOOKS) {
        forget(key);
        return null;
      }
    } catch (error) {
      if (!(error instanceof ReelwireError && error.retryable)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** tries, 10_000)));
  }
}

async function look(connection: Connection, { id, idempotencyKey }: Remembered): Promise<Video | null> {
  if (id !== undefined) return await findVideo(connection, id);
  const { nodes } = await listVideos(connection, { first: 1, filter: { idempotencyKey } });
  return nodes[0] ?? null;
}

/** Makes a video that is found again, from before it is asked for. */
export async function createRemembered(
  connection: Connection,
  key: string,
  input: CreateVideoInput & { idempotencyKey: string },
): Promise<Video> {
  const { idempotencyKey } = input;
  const isRemembered = () => recall(key)?.idempotencyKey === idempotencyKey;
  remember(key, { idempotencyKey });
  const asked = unanswered.get(connection) ?? new Map<string, ReturnType<typeof createVideo>>();
  unanswered.set(connection, asked);
  try {
    const answer = createVideo(connection, input);
    asked.set(idempotencyKey, answer);
    const { video } = await answer;
    if (isRemembered()) remember(key, { idempotencyKey, id: video.id });
    return video;
  } catch (error) {
    const mayHaveActed = error instanceof ReelwireError && (error.code === "NETWORK" || error.code === "BAD_ANSWER");
    if (!mayHaveActed && isRemembered()) forget(key);
    throw error;
  } finally {
    asked.delete(idempotencyKey);
  }
}

/** The next reload finds nothing. */
export function forget(key: string): void {
  try {
    localStorage.removeItem(entry(key));
  } catch {}
}

// Storage may be full, or kept from the page: then a video is made all the same, and not found again.
function remember(key: string, remembered: Remembered): void {
  try {
    localStorage.setItem(entry(key), JSON.stringify(remembered));
  } catch {}
}

function recall(key: string): Remembered | null {
  try {
    const kept: Partial<Remembered> | null = JSON.parse(localStorage.getItem(entry(key)) ?? "null");
    if (typeof kept?.idempotencyKey !== "string") return null;
    return { idempotencyKey: kept.idempotencyKey, ...(typeof kept.id === "string" ? { id: kept.id } : {}) };
  } catch {
    return null;
  }
}

function entry(key: string): string {
  return `reelwire:${key}`;
}
