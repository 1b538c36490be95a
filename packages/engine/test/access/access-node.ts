import { onTestFinished } from "vitest";
import type { Access, Caller, NewAccessToken, NewApiKey } from "../../src/access/access.ts";
import { type AccessContext, createAccess } from "../../src/access/create-access.ts";
import type { EngineDatabase } from "../../src/database/database.ts";
import type { PostgresDatabase } from "../../src/database/postgres.ts";
import type { EngineSchema } from "../../src/database/schema.ts";
import { silentLogger } from "../../src/logger.ts";
import { createUpstreamFetch } from "../../src/upstream-fetch.ts";

/** Access as one node of a database has it, closed after the test. */
export async function accessNode(
  db: EngineDatabase<EngineSchema> | PostgresDatabase<EngineSchema>,
  context: Partial<AccessContext> = {},
): Promise<Access> {
  const connections = createUpstreamFetch();
  onTestFinished(connections.close);
  const { access, close } = await createAccess({
    db,
    listen: "listen" in db ? db.listen : null,
    options: undefined,
    fetch: connections.fetch,
    log: silentLogger,
    closing: new AbortController().signal,
    ...context,
  });
  onTestFinished(close);
  return access;
}

/** What a key is made of where a test does not say. */
export const newKey = (input: Partial<NewApiKey> = {}): NewApiKey => ({
  project: "acme",
  name: "server",
  scopes: ["videos:create", "videos:read"],
  expiresAt: null,
  createdBy: null,
  ...input,
});

/** What a token is made of where a test does not say. */
export const newToken = (input: Partial<NewAccessToken> = {}): NewAccessToken => ({
  subject: "ada",
  scopes: ["videos:read"],
  videoIds: null,
  expiresInSeconds: 600,
  ...input,
});

/** Makes a key, and says who comes with it. */
export async function keyCaller(access: Access, input: Partial<NewApiKey> = {}) {
  const { key, secret } = await access.createKey(newKey(input));
  return { key, secret, caller: await access.authenticate(secret) };
}

/** What can be compared of a caller. */
export function facts({ viewer, scopes, by, expiresAt }: Caller) {
  return { viewer, scopes: [...scopes].sort(), by, expiresAt };
}

/** Resolves with why somebody's rights ended, once they have. */
export async function ending(signal: AbortSignal): Promise<unknown> {
  if (!signal.aborted) {
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
  }
  return signal.reason;
}
