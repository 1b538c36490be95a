import { newVideoId, SCOPES } from "@reelwire/core";
import { describe, expect, test } from "vitest";
import { openAccess } from "../../src/access/open-access.ts";
import { BUILT_IN_VIEWER } from "../../src/viewer.ts";
import { DATABASE_KINDS } from "../database/temporary-database.ts";
import { engineDatabase } from "../stored-video.ts";
import { startTestEngine } from "../test-engine.ts";
import { accessNode, ending, facts, keyCaller, newKey, newToken } from "./access-node.ts";

const required = { access: { issuer: null, mustBeRequired: true } };
const operators = ({ dataDir, databaseUrl }: { dataDir: string; databaseUrl: string | null }) =>
  openAccess({ dataDir, ...(databaseUrl === null ? {} : { databaseUrl }) });

describe.each(DATABASE_KINDS)("whether callers are asked who they are: %s", (kind) => {
  test("nobody is as long as there are no keys, though a credential is looked at; from the first key on everybody is", async () => {
    await using test = await startTestEngine({}, {}, kind);
    const { access } = test.engine;
    expect(access.isRequired()).toBe(false);
    const open = await access.authenticate(null);
    expect(facts(open)).toEqual({ viewer: BUILT_IN_VIEWER, scopes: [...SCOPES].sort(), by: "open", expiresAt: null });
    for (const wrong of ["", "rwk_wrong", "a.b.c"]) {
      await expect(access.authenticate(wrong)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    }

    const videoId = newVideoId();
    const made = [await access.createToken(open, newToken()), await access.createWatchToken(open, videoId)];
    const callers = [open];
    for (const { token } of made) callers.push(await access.authenticate(token));
    expect(callers.map(({ viewer }) => viewer)).toEqual([
      BUILT_IN_VIEWER,
      { ...BUILT_IN_VIEWER, subject: "ada" },
      { ...BUILT_IN_VIEWER, videoIds: [videoId] },
    ]);
    const live = callers.map(access.watch);
    expect(live.map(({ ended }) => ended.aborted)).toEqual([false, false, false]);

    const { key, secret } = await keyCaller(access);
    expect(access.isRequired()).toBe(true);
    expect(live.map(({ ended }) => ended.reason)).toEqual(["revoked", "revoked", "revoked"]);
    expect(callers.map((caller) => access.watch(caller).ended.reason)).toEqual(["revoked", "revoked", "revoked"]);
    for (const credential of [null, ...made.map(({ token }) => token)]) {
      await expect(access.authenticate(credential)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    }
    await expect(access.createToken(open, newToken())).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    for (const caller of callers) {
      await expect(access.createWatchToken(caller, videoId)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    }

    // It never turns false again.
    await access.revokeKey(null, key.id);
    expect(access.isRequired()).toBe(true);
    await test.reopen();
    expect(test.engine.access.isRequired()).toBe(true);
    await expect(test.engine.access.authenticate(secret)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("where it must be, an engine without keys does not start, and nothing of it is left", async () => {
    await using test = await startTestEngine({}, {}, kind);
    await test.engine.close();
    await expect(test.open(required)).rejects.toMatchObject({
      name: "AccessError",
      code: "NO_API_KEY",
      message: expect.stringMatching(/^[^\n]*reelwire keys create[^\n]*$/),
    });
    // The directory is free, and no node was ever there.
    const { access, close } = await operators(test);
    const { secret } = await access.createKey(newKey());
    await close();
    const engine = await test.open(required);
    expect(facts(await engine.access.authenticate(secret)).by).toBe("key");
    expect((await engine.health()).nodes.live).toBe(1);
  });

  test("whoever runs the gateway makes, lists and ends keys without it", async () => {
    await using test = await startTestEngine({}, {}, kind);
    await test.engine.close();
    const { access, close } = await operators(test);
    const [first, second] = [
      await access.createKey(newKey()),
      await access.createKey(newKey({ project: "other", createdBy: null })),
    ];
    expect((await access.revokeKey(null, first.key.id)).revokedAt).toBeInstanceOf(Date);
    expect((await access.keys(null)).map(({ id, revokedAt }) => [id, revokedAt === null])).toEqual([
      [second.key.id, true],
      [first.key.id, false],
    ]);
    await close();
    await test.reopen();
    await expect(test.engine.access.authenticate(first.secret)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    const caller = await test.engine.access.authenticate(second.secret);
    expect(caller.viewer).toEqual({ project: "other", subject: null, keyId: second.key.id });
  });

  test("rights end when they expire, a token's and a key's", async () => {
    const access = await accessNode(await engineDatabase(kind));
    const { caller } = await keyCaller(access);
    const { token } = await access.createToken(caller, newToken({ expiresInSeconds: 3 }));
    const expiresAt = new Date(Date.now() + 3_000);
    const ends = [await access.authenticate(token), (await keyCaller(access, { expiresAt })).caller];
    for (const one of ends) {
      expect(await ending(access.watch(one).ended)).toBe("expired");
      expect(Date.now()).toBeGreaterThanOrEqual(one.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
    }
  });
});
