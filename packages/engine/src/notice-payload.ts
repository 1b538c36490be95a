import type { VideoNotice } from "./event-bus.ts";

/** PostgreSQL takes less than 8,000 bytes in one notification. */
const MOST_BYTES = 7_900;

/** A message between nodes. */
export interface NoticeMessage {
  /** Which node's bus it comes from, so that none hears its own. */
  from: string;
  notices: readonly VideoNotice[];
}

/** Packs notices into as few payloads as hold them. One that is too large by itself is sent without its owner's notice: as a gap. */
export function packNotices(from: string, notices: readonly VideoNotice[]): string[] {
  const payloads: string[] = [];
  const head = `${from}\n`;
  let lines: string[] = [];
  let bytes = head.length;
  const end = () => {
    if (lines.length > 0) payloads.push(head + lines.join("\n"));
    lines = [];
    bytes = head.length;
  };
  for (const { videoId, version, lastCheckedAt, owner } of notices) {
    const line = JSON.stringify([videoId, version, lastCheckedAt, owner.project, owner.subject]);
    const size = Buffer.byteLength(line) + 1;
    if (bytes + size > MOST_BYTES) end();
    if (head.length + size > MOST_BYTES) {
      payloads.push(head);
      continue;
    }
    lines.push(line);
    bytes += size;
  }
  end();
  return payloads;
}

/** The reverse; `null` for what cannot be read, as from another release: then something was missed. */
export function unpackNotices(payload: string): NoticeMessage | null {
  const [from = "", ...lines] = payload.split("\n");
  const notices: VideoNotice[] = [];
  for (const line of lines) {
    const notice = readLine(line);
    if (notice === null) return null;
    notices.push(notice);
  }
  return notices.length === 0 ? null : { from, notices };
}

function readLine(line: string): VideoNotice | null {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return null;
  }
  if (!Array.isArray(fields)) return null;
  const [videoId, version, lastCheckedAt, project, subject] = fields;
  const isNotice =
    typeof videoId === "string" &&
    typeof version === "number" &&
    (lastCheckedAt === null || typeof lastCheckedAt === "number") &&
    typeof project === "string" &&
    typeof subject === "string";
  return isNotice ? { videoId, version, lastCheckedAt, owner: { project, subject } } : null;
}
