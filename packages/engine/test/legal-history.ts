import type { VideoEvent, VideoStatus } from "@reelwire/core";
import type { Kysely } from "kysely";
import { expect } from "vitest";
import type { EngineSchema } from "../src/database/schema.ts";
import { loadVideo, versionsAfter } from "../src/store.ts";
import { videoUuid } from "../src/video-row.ts";

const UNDER_WAY: readonly VideoStatus[] = ["QUEUED", "GENERATING"];
const UNFINISHED: readonly VideoStatus[] = ["ACCEPTED", "SUBMITTING", "UNCONFIRMED", ...UNDER_WAY];

/** VIDEO-STATE.md: from which statuses each event leads, and to which. */
const legal: Record<VideoEvent["type"], readonly [from: readonly VideoStatus[], to: readonly VideoStatus[]]> = {
  submit_delayed: [["ACCEPTED"], ["ACCEPTED"]],
  submit_started: [["ACCEPTED"], ["SUBMITTING"]],
  submit_accepted: [
    ["SUBMITTING", "UNCONFIRMED"],
    [...UNDER_WAY, "COMPLETED", "FAILED"],
  ],
  submit_refused: [["SUBMITTING"], ["FAILED"]],
  submit_postponed: [["SUBMITTING"], ["ACCEPTED"]],
  submit_outcome_lost: [["SUBMITTING"], ["UNCONFIRMED"]],
  submit_abandoned: [["ACCEPTED"], ["FAILED"]],
  settled_accepted: [["UNCONFIRMED"], ["QUEUED"]],
  settled_not_accepted: [["UNCONFIRMED"], ["ACCEPTED"]],
  settle_abandoned: [["UNCONFIRMED"], ["FAILED"]],
  polled: [UNDER_WAY, ["GENERATING", "COMPLETED", "FAILED"]],
  generation_abandoned: [UNDER_WAY, ["FAILED"]],
  canceled: [UNFINISHED, ["CANCELED"]],
};

/** Every version of a video is stored once, follows from the one before by its event, and the last is the row (invariant 7). */
export async function assertLegalHistory(db: Kysely<EngineSchema>, id: string): Promise<void> {
  const events = await db
    .selectFrom("video_events")
    .select("event")
    .where("video_id", "=", videoUuid(id))
    .orderBy("version")
    .execute();
  const versions = await versionsAfter(db, id, 0);
  expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
  for (const [index, { status }] of versions.entries()) {
    const before = versions[index - 1];
    if (before === undefined) continue;
    const event = Object.entries(legal).find(([name]) => name === events[index]?.event);
    const [from, to] = event?.[1] ?? [[], []];
    expect(from).toContain(before.status);
    expect(to).toContain(status);
  }
  expect(await loadVideo(db, id)).toMatchObject(versions.at(-1) ?? {});
}
