import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { migrations } from "../../src/database/migrations/index.ts";
import { openPglite } from "../../src/database/pglite.ts";
import { BUILT_IN_VIEWER } from "../../src/index.ts";
import { DATABASE_KINDS, type DatabaseKind } from "../database/temporary-database.ts";
import { engineDatabaseAt } from "../stored-video.ts";
import { finished, make, startTestEngine, type TestEngine } from "../test-engine.ts";
import { startChildNode } from "./child-node.ts";
import { deliveryOnce } from "./deliveries.ts";
import { answering, startReceiver } from "./receiver.ts";

const lease = { leaseMs: 600, heartbeatMs: 60 };
const allowPrivateAddresses = true;
const isDelivered = ({ status }: { status: string }) => status === "DELIVERED";

/** A place for engines in processes of their own, where none runs. */
async function place(kind: DatabaseKind): Promise<{ t: TestEngine; at: Parameters<typeof startChildNode>[0] }> {
  const t = await startTestEngine({ allowPrivateAddresses, lease }, {}, kind);
  await t.engine.close();
  const { emulator, dataDir, databaseUrl } = t;
  const upstream = { apiKey: emulator.apiKey, baseUrl: emulator.url, retries: 0 };
  return { t, at: { dataDir, upstream, lease, ...(databaseUrl === null ? {} : { databaseUrl }) } };
}

describe.each(DATABASE_KINDS)(
  "invariant 12: whoever asked to be told is told at least once, whatever is killed: %s",
  (kind) => {
    test("between a video's end and its delivery", async () => {
      const receiver = await startReceiver();
      const { t: started, at } = await place(kind);
      await using t = started;
      const child = await startChildNode({ ...at, diesDescribing: true });
      const id = await child.make(receiver.url);
      await child.exited;
      expect(receiver.received).toEqual([]);
      await t.reopen();
      expect(await t.engine.video(BUILT_IN_VIEWER, id)).toMatchObject({ status: "COMPLETED" });
      const [post] = await receiver.until(1);
      expect(post?.payload).toMatchObject({ type: "video.completed", data: { id } });
      await deliveryOnce(t.engine, isDelivered);
      expect(receiver.received).toHaveLength(1);
    });

    test("in the middle of a delivery: it is delivered again, under the same id", async () => {
      const arrived = Promise.withResolvers<void>();
      const receiver = await startReceiver((response, nth) => {
        if (nth > 0) response.end();
        else arrived.resolve();
      });
      const { t: started, at } = await place(kind);
      await using t = started;
      const child = await startChildNode(at);
      await child.make(receiver.url);
      await arrived.promise;
      await child.kill();
      await t.reopen();
      const [first, second] = await receiver.until(2);
      expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
      const delivery = await deliveryOnce(t.engine, isDelivered);
      expect(delivery.id).toBe(first?.headers["webhook-id"]);
      expect(delivery.attempts).toHaveLength(1);
    });

    test("before there was a job for it: the next start finds it", async () => {
      const receiver = await startReceiver();
      await using t = await startTestEngine({ allowPrivateAddresses, delivers: false }, {}, kind);
      const { id } = await make(t.engine, { callbackUrl: receiver.url });
      await finished(t.engine, id);
      await t.engine.close();
      const db =
        t.databaseUrl === null
          ? await openPglite({ dataDir: `${t.dataDir}/database`, migrations })
          : await engineDatabaseAt(t.databaseUrl);
      await sql`DELETE FROM pgboss.job WHERE name = 'deliver-webhook'`.execute(db.kysely);
      await db.close();
      await t.reopen({ delivers: true });
      await receiver.until(1);
    });

    test("closing waits for an attempt under way, and what is handed back is delivered by the next start", async () => {
      const arrived = Promise.withResolvers<() => void>();
      const receiver = await startReceiver((response) => arrived.resolve(() => response.end()));
      await using t = await startTestEngine({ allowPrivateAddresses }, {}, kind);
      await make(t.engine, { callbackUrl: receiver.url });
      const answer = await arrived.promise;
      const closing = t.engine.close();
      answer();
      await closing;
      await t.reopen();
      expect(await deliveryOnce(t.engine, isDelivered)).toMatchObject({ attempts: [{ statusCode: 200 }] });
      expect(receiver.received).toHaveLength(1);
    });
  },
);

test("invariant 12: a killed node's deliveries are made by another, within its lease", async () => {
  const arrived = Promise.withResolvers<void>();
  const receiver = await startReceiver((response, nth) => {
    if (nth > 0) response.end();
    else arrived.resolve();
  });
  const { t: started, at } = await place("postgres");
  await using t = started;
  const child = await startChildNode(at);
  await child.make(receiver.url);
  await arrived.promise;
  const other = await t.open();
  await child.kill();
  const [first, second] = await receiver.until(2);
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  await deliveryOnce(other, isDelivered);
});

test("a node that does not deliver leaves it to those that do", async () => {
  const receiver = await startReceiver(answering(500, 200));
  await using t = await startTestEngine({ allowPrivateAddresses, delivers: false }, {}, "postgres");
  const { id } = await make(t.engine, { callbackUrl: receiver.url });
  await finished(t.engine, id);
  expect(await t.engine.webhooks.deliveries(BUILT_IN_VIEWER, {}, 1)).toMatchObject([
    { status: "PENDING", attempts: [] },
  ]);
  await t.open({ carries: false, delivers: true });
  await deliveryOnce(t.engine, isDelivered);
  expect(receiver.received).toHaveLength(2);
});
