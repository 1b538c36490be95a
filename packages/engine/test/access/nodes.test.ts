import { decodeProtectedHeader } from "jose";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Access } from "../../src/access/access.ts";
import { openAccess } from "../../src/access/open-access.ts";
import { networkTo } from "../database/database-network.ts";
import { cutConnections, postgresUrl } from "../database/postgres-url.ts";
import { engineDatabaseAt } from "../stored-video.ts";
import { startTestEngine } from "../test-engine.ts";
import { accessNode, ending, keyCaller, newKey, newToken } from "./access-node.ts";

/** So long that no sweep helps a notice. */
const NEVER_MS = 2 ** 30;

const refused = { code: "UNAUTHENTICATED" };

/** Two nodes of one database, with nothing else to them. */
async function twoNodes() {
  const url = await postgresUrl();
  const [here, there] = [await engineDatabaseAt(url), await engineDatabaseAt(url)];
  const sweepMs = NEVER_MS;
  return { url, db: here, here: await accessNode(here, { sweepMs }), there: await accessNode(there, { sweepMs }) };
}

/** Ends a key, and tells nobody. */
async function revokeInSilence(db: Awaited<ReturnType<typeof twoNodes>>["db"], id: string): Promise<void> {
  await db.kysely.updateTable("api_keys").set({ revoked_at: new Date() }).where("id", "=", id).execute();
}

/** Resolves when a node asks callers who they are. */
const asks = (access: Access) =>
  vi.waitFor(() => expect(access.isRequired()).toBe(true), { timeout: 20_000, interval: 5 });

describe("access on many nodes", () => {
  test("of two engines, what one does to keys holds on the other", async () => {
    await using test = await startTestEngine({}, {}, "postgres");
    const here = test.engine.access;
    const there = (await test.open()).access;
    const open = there.watch(await there.authenticate(null));
    const { key, secret, caller } = await keyCaller(here);
    expect(await ending(open.ended)).toBe("revoked");
    expect(there.isRequired()).toBe(true);
    await expect(there.authenticate(null)).rejects.toMatchObject(refused);

    const { token } = await here.createToken(caller, newToken());
    const watched = [there.watch(await there.authenticate(secret)), there.watch(await there.authenticate(token))];
    await here.revokeKey("acme", key.id);
    for (const { ended } of watched) expect(await ending(ended)).toBe("revoked");
    for (const credential of [secret, token])
      await expect(there.authenticate(credential)).rejects.toMatchObject(refused);
  });

  test("a notice is enough: it is heard without any looking", async () => {
    const { here, there } = await twoNodes();
    const { key, secret } = await keyCaller(here);
    await asks(there);
    const { ended } = there.watch(await there.authenticate(secret));
    await here.revokeKey(null, key.id);
    expect(await ending(ended)).toBe("revoked");
    await expect(there.authenticate(secret)).rejects.toMatchObject(refused);
  });

  test("so does whoever makes and ends keys without a gateway", async () => {
    const { url, there } = await twoNodes();
    const operator = await openAccess({ dataDir: "/nowhere", databaseUrl: url });
    onTestFinished(operator.close);
    const open = there.watch(await there.authenticate(null));
    const { key, secret } = await operator.access.createKey(newKey());
    expect(await ending(open.ended)).toBe("revoked");
    const { ended } = there.watch(await there.authenticate(secret));
    await operator.access.revokeKey(null, key.id);
    expect(await ending(ended)).toBe("revoked");
  });

  test("where notices are lost, looking now and then finds what was done", async () => {
    const url = await postgresUrl();
    const db = await engineDatabaseAt(url);
    const here = await accessNode(db);
    const deaf = await accessNode(await engineDatabaseAt(url), { listen: null, sweepMs: 20 });
    const open = deaf.watch(await deaf.authenticate(null));
    const [first, second] = [await keyCaller(here), await keyCaller(here)];
    expect(await ending(open.ended)).toBe("revoked");
    const [ends, stays] = [
      deaf.watch(await deaf.authenticate(first.secret)),
      deaf.watch(await deaf.authenticate(second.secret)),
    ];
    await revokeInSilence(db, first.key.id);
    expect(await ending(ends.ended)).toBe("revoked");
    expect(stays.ended.aborted).toBe(false);
    await db.kysely.deleteFrom("api_keys").where("id", "=", second.key.id).execute();
    expect(await ending(stays.ended)).toBe("revoked");
  });

  test("a node that was cut off looks as soon as it hears again", async () => {
    const { url, db, here, there } = await twoNodes();
    const { key, secret } = await keyCaller(here);
    await asks(there);
    const { ended } = there.watch(await there.authenticate(secret));
    await revokeInSilence(db, key.id);
    await cutConnections(url);
    expect(await ending(ended)).toBe("revoked");
    await expect(there.authenticate(secret)).rejects.toMatchObject(refused);
  });

  test("a notice that cannot be read has everything read again", async () => {
    const { db, here, there } = await twoNodes();
    const { key, secret } = await keyCaller(here);
    await asks(there);
    const { ended } = there.watch(await there.authenticate(secret));
    await revokeInSilence(db, key.id);
    await sql`SELECT pg_notify('reelwire_access', 'from another release')`.execute(db.kysely);
    expect(await ending(ended)).toBe("revoked");
  });

  test("a token is taken on a node that has not seen the key it is signed by", async () => {
    const { here, there } = await twoNodes();
    const { caller } = await keyCaller(here);
    const first = await here.createToken(caller, newToken());
    expect((await there.authenticate(first.token)).viewer.subject).toBe("ada");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31 * 86_400_000 });
    onTestFinished(() => void vi.useRealTimers());
    const { token } = await here.createToken(caller, newToken({ subject: "bob" }));
    expect(decodeProtectedHeader(token).kid).not.toBe(decodeProtectedHeader(first.token).kid);
    expect((await there.authenticate(token)).viewer.subject).toBe("bob");
  });

  test("while the database is away nobody can be known, and afterwards everybody is again", async () => {
    const url = await postgresUrl();
    const network = await networkTo(url);
    const closing = new AbortController();
    const access = await accessNode(await engineDatabaseAt(network.url), { closing: closing.signal });
    const { secret } = await access.createKey(newKey());
    await network.goDown();
    const waits = access.authenticate(secret);
    await network.comeUp();
    expect((await waits).by).toBe("key");
    await network.goDown();
    const { secret: other } = await (await accessNode(await engineDatabaseAt(url))).createKey(newKey());
    const gaveUp = access.authenticate(other);
    closing.abort();
    await expect(gaveUp).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await network.comeUp();
  });

  test("a change whose answer is lost is made once", async () => {
    const url = await postgresUrl();
    const network = await networkTo(url);
    const access = await accessNode(await engineDatabaseAt(network.url));
    const lost = network.loseAnswerTo("insert into", "commit");
    const making = access.createKey(newKey());
    await lost;
    const { key, secret } = await making;
    expect((await access.keys(null)).map(({ id }) => id)).toEqual([key.id]);
    expect((await access.authenticate(secret)).viewer.keyId).toBe(key.id);
  });
});
