import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema } from "../database/schema.ts";
import { throughOutage } from "../database-outage.ts";
import type { Logger } from "../logger.ts";
import type { OpenedDatabase } from "../open-database.ts";
import { Wake } from "../wake.ts";
import type { Access, AccessOptions, Caller } from "./access.ts";
import { AccessError } from "./access-error.ts";
import { ACCESS_CHANNEL, type AccessNotice, readNotice } from "./access-notices.ts";
import { administerKeys } from "./administer-keys.ts";
import { createExternalIssuer } from "./external-issuer.ts";
import { identify } from "./identify.ts";
import { issueTokens } from "./issue-tokens.ts";
import { createKeyReader } from "./key-reader.ts";
import { anyKey, endedKeys } from "./key-rows.ts";
import { createKeyUses } from "./key-uses.ts";
import { createLiveCallers } from "./live-callers.ts";
import { createSigningKeys } from "./signing-keys.ts";
import { unauthenticated } from "./unauthenticated.ts";

/** How often keys in use are looked at, in case a notice was lost, in milliseconds: a revocation shall hold within a second. */
const SWEEP_MS = 800;

/** What access needs. */
export interface AccessContext {
  db: EngineDatabase<EngineSchema>;
  /** Hears of what other nodes do; `null`: there are none. */
  listen: OpenedDatabase["listen"];
  /** Default: nobody but API keys and their tokens, and nobody is asked as long as there are none. */
  options: AccessOptions | undefined;
  /** Reaches the external issuer. */
  fetch: typeof globalThis.fetch;
  log: Logger;
  /** Aborts when the engine closes. */
  closing: AbortSignal;
  /** Default: 0.8 s. */
  sweepMs?: number;
}

/** Who may do what, as long as it is open. */
export interface OpenedAccess {
  access: Access;
  /** Stops listening, and watches over nobody any more. */
  close(): Promise<void>;
}

/**
 * Begins to ask who people are, as far as there is somebody to be known.
 *
 * @throws {AccessError} `NO_API_KEY` when somebody must be asked, and nobody could be known
 */
export async function createAccess(context: AccessContext): Promise<OpenedAccess> {
  const { db, options, log, closing } = context;
  const issuer = options?.issuer ?? null;
  const stopping = new AbortController();
  const doubt = new Wake();
  const keys = createKeyReader(db.kysely, closing);
  const uses = createKeyUses(db.kysely, log);
  const signingKeys = createSigningKeys(db, log, closing);
  const external = issuer === null ? null : { issuer, authenticate: createExternalIssuer(issuer, context.fetch, log) };
  let required = issuer !== null;

  /** Whether a caller's rights have ended, as far as this node knows: with its key, or with the first key that was made. */
  const isRevoked = ({ by, viewer: { keyId } }: Caller) =>
    keyId === null ? required && (by === "open" || (by === "token" && issuer === null)) : keys.isRevoked(keyId);
  const live = createLiveCallers(isRevoked);

  function requireFromNow(): void {
    if (required) return;
    required = true;
    live.revokeOpen();
    log.info({}, "there is an API key: from now on callers are asked who they are");
  }

  function revoke(keyId: string): void {
    keys.revoke(keyId);
    live.revokeKey(keyId);
  }

  function heard(notice: AccessNotice): void {
    requireFromNow();
    if (notice.type === "revoked") revoke(notice.keyId);
  }

  function missed(): void {
    keys.forgetAll();
    doubt.wake();
  }

  async function sweep(): Promise<void> {
    live.endExpired();
    // Whatever happens in an embedded database happens here.
    if (db.kind === "pglite") return;
    if (!required && (await anyKey(db.kysely))) requireFromNow();
    const keyIds = [...new Set([...live.keyIds(), ...keys.keptIds()])];
    if (keyIds.length > 0) for (const keyId of await endedKeys(db.kysely, keyIds)) revoke(keyId);
  }

  async function sweepNowAndThen(): Promise<void> {
    for (;;) {
      await doubt.sleep(context.sweepMs ?? SWEEP_MS, stopping.signal);
      if (stopping.signal.aborted) return;
      await sweep().catch((error: unknown) =>
        log.warn({ reason: error instanceof Error ? error.message : String(error) }, "keys could not be looked at"),
      );
    }
  }

  const listener = {
    onPayload(payload: string) {
      const notice = readNotice(payload);
      if (notice === null) missed();
      else heard(notice);
    },
    onGap: missed,
  };
  // Before the first look, so that nothing falls between the two.
  const stopListening = (await context.listen?.(ACCESS_CHANNEL, listener, log)) ?? (async () => {});
  try {
    required ||= await throughOutage(() => anyKey(db.kysely), closing);
    if (!required && options?.mustBeRequired === true) throw noApiKey();
  } catch (error) {
    await stopListening();
    throw error;
  }
  const sweeping = sweepNowAndThen();

  const isRequired = () => required;
  const identifying = { isRequired, keys, uses, signingKeys, external };
  return {
    access: {
      isRequired,
      authenticate: (credential) => identify(identifying, credential),
      watch: live.watch,
      assertCurrent(caller) {
        if (isRevoked(caller)) throw unauthenticated("What you were let in by has been revoked.");
        if (caller.expiresAt !== null && caller.expiresAt.getTime() <= Date.now()) {
          throw unauthenticated("What you were let in by has expired.");
        }
      },
      ...administerKeys(db, heard, closing),
      ...issueTokens({ isRequired, isRevoked, keys, signingKeys }),
    },
    async close() {
      stopping.abort();
      live.close();
      await stopListening();
      await sweeping;
      await uses.close();
    },
  };
}

function noApiKey(): AccessError {
  return new AccessError(
    "NO_API_KEY",
    "No API key has been made, so anybody who reaches the gateway could use it: make one with `reelwire keys create`, or listen on loopback.",
  );
}
