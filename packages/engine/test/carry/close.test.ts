import { sql } from "kysely";
import { expect, test } from "vitest";
import { migrations } from "../../src/database/migrations/index.ts";
import { openPglite } from "../../src/database/pglite.ts";
import { BUILT_IN_VIEWER, DatabaseError, startEngine } from "../../src/index.ts";
import { finished, make, startTestEngine, until } from "../test-engine.ts";

test("closing waits for the answer to a POST under way, saves it, and the next start carries on", async () => {
  await using t = await startTestEngine();
  const held = t.emulator.faults.next({ on: "create", fault: "held-after-accepting" });
  const { id } = await make(t.engine);
  await held.hit;
  const closing = t.engine.close();
  held.release();
  await closing;
  await t.reopen();
  const video = await finished(t.engine, id);
  expect(video).toMatchObject({ status: "COMPLETED", attempt: 1 });
  // Had the answer not been waited for, the log would have had to be asked.
  expect(t.emulator.requestCounts.logs).toBe(0);
});

test("closing hands a generation back, and the next start looks at it at once", async () => {
  await using t = await startTestEngine();
  const { id } = await make(t.engine);
  await until(t.engine, id, (video) => video.status === "QUEUED");
  await t.reopen();
  expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED", attempt: 1 });
  expect(t.emulator.accepted).toHaveLength(1);
});

test("a video whose job has vanished from the queue gets another at the next start", async () => {
  await using t = await startTestEngine();
  await t.emulator.goDown();
  const { id } = await make(t.engine);
  await until(t.engine, id, (video) => video.waitingReason !== null);
  await t.engine.close();
  const db = await openPglite({ dataDir: `${t.dataDir}/database`, migrations });
  await sql`DELETE FROM pgboss.job WHERE name = 'carry-video'`.execute(db.kysely);
  await db.close();
  await t.emulator.comeUp();
  await t.reopen();
  expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
});

test("invariant 5: a second engine on the same directory is refused, and nothing is harmed", async () => {
  await using t = await startTestEngine();
  const { id } = await make(t.engine);
  const second = startEngine({ dataDir: t.dataDir, upstream: { apiKey: "k", baseUrl: t.emulator.url } });
  await expect(second).rejects.toMatchObject({ code: "DATA_DIR_IN_USE" });
  await expect(second).rejects.toBeInstanceOf(DatabaseError);
  expect(await finished(t.engine, id)).toMatchObject({ status: "COMPLETED" });
  await t.reopen();
  expect(await t.engine.video(BUILT_IN_VIEWER, id)).toMatchObject({ status: "COMPLETED" });
});
