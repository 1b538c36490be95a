import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { isApiKeyId } from "@reelwire/core";

/** How an API key begins, so that scanners and people know one when they see it. */
const BEGINNING = "rwk_";

const SECRET = /^rwk_([0-9a-z]{26})_[A-Za-z0-9_-]{43}$/;

/** What is compared with where there is no such key, so that this takes as long. No text has this hash. */
const NO_HASH = Buffer.alloc(32);

/** A new secret for a key: it names the key, and has 256 random bits. */
export function newSecret(keyId: string): string {
  return `${BEGINNING}${keyId.slice("key_".length)}_${randomBytes(32).toString("base64url")}`;
}

/** Whether a credential is meant as an API key. */
export function isMeantAsKey(credential: string): boolean {
  return credential.startsWith(BEGINNING);
}

/** The id of the key that a secret says it is of; `null` where it is none. */
export function keyIdOf(secret: string): string | null {
  const id = `key_${SECRET.exec(secret)?.[1]}`;
  return isApiKeyId(id) ? id : null;
}

/** What is kept of a secret. One round is enough: nobody guesses 256 random bits. */
export function hashOf(secret: string): string {
  return digest(secret).toString("base64url");
}

/** Whether a secret has this hash, in the same time whether it has, or there is none. */
export function hasHash(secret: string, hash: string | null): boolean {
  const expected = hash === null ? NO_HASH : Buffer.from(hash, "base64url");
  return expected.length === NO_HASH.length && timingSafeEqual(digest(secret), expected) && hash !== null;
}

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
