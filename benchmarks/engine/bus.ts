import { newVideoId } from "../../packages/core/src/index.ts";
import { openPostgres } from "../../packages/engine/src/database/postgres.ts";
import type { EngineSchema } from "../../packages/engine/src/database/schema.ts";
import { silentLogger } from "../../packages/engine/src/logger.ts";
import { packNotices, unpackNotices } from "../../packages/engine/src/notice-payload.ts";
import { createPostgresEventBus } from "../../packages/engine/src/postgres-event-bus.ts";
import { startPostgres } from "../../packages/postgres-for-tests/src/index.ts";

/** What notices between nodes cost. */
export interface Bus {
  notices: number;
  /** From one node to another. */
  perSecond: number;
  /** Of one core, for both nodes together, meanwhile. */
  cpu: number;
  /** What a notice costs a node where nobody waits for it, in microseconds: it is read, looked up, and dropped. */
  microsecondsEach: number;
}

/** Sends notices from one bus to another over PostgreSQL, where nobody listens but for the last video. */
export async function measureBus(notices: number): Promise<Bus> {
  await using postgres = await startPostgres({ durable: true });
  const url = await postgres.createDatabase();
  const open = () => openPostgres<EngineSchema>({ url });
  const [here, there] = [await open(), await open()];
  const [sender, receiver] = [
    await createPostgresEventBus(here, silentLogger),
    await createPostgresEventBus(there, silentLogger),
  ];
  const owner = { project: "default", subject: "user-1042" };
  const made = Array.from({ length: notices }, () => ({
    videoId: newVideoId(),
    owner,
    version: 3,
    lastCheckedAt: Date.now(),
  }));
  const arrived = Promise.withResolvers<void>();
  receiver.onVideo(made.at(-1)?.videoId ?? "", { heard: () => arrived.resolve(), missed: () => {} });
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (const notice of made) sender.publish(notice);
  await arrived.promise;
  const elapsedMs = performance.now() - startedAt;
  const used = process.cpuUsage(cpu);
  await sender.close();
  await receiver.close();
  await here.close();
  await there.close();

  const payloads = packNotices("11111111-1111-4111-8111-111111111111", made);
  const wanted = new Map<string, unknown>();
  const readAt = performance.now();
  let found = 0;
  for (const payload of payloads) {
    for (const { videoId } of unpackNotices(payload)?.notices ?? []) if (wanted.has(videoId)) found += 1;
  }
  const readMs = performance.now() - readAt;
  return {
    notices,
    perSecond: (notices / elapsedMs) * 1_000,
    cpu: (used.user + used.system) / 1_000 / elapsedMs,
    microsecondsEach: (readMs * 1_000) / (notices - found),
  };
}
