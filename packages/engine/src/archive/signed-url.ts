import { createHmac, timingSafeEqual } from "node:crypto";

// 192 bits: beyond guessing, and a multiple of 6, so that base64url has one spelling of it.
const SIGNATURE_BYTES = 24;

/**
 * The signature that lets whoever holds it read a file: base64url, 32 characters. The same for all who may see the
 * video, and good while it exists; another secret makes all that were given out void.
 *
 * @param secret at least 16 bytes that nobody can guess
 * @param key the file's key in the archive
 * @throws RangeError if the secret is too short
 */
export function signFilePath(secret: string | Uint8Array, key: string): string {
  if (Buffer.byteLength(secret) < 16) throw new RangeError("The secret that signs file addresses is too short.");
  // The prefix keeps signatures for files apart from anything else that the same secret may sign one day.
  const digest = createHmac("sha256", secret).update(`reelwire-file\n${key}`).digest();
  return digest.subarray(0, SIGNATURE_BYTES).toString("base64url");
}

/**
 * Whether a signature is the one that `signFilePath` gives for the key. Takes the same time for every wrong one.
 *
 * @throws RangeError if the secret is too short
 */
export function verifyFileSignature(secret: string | Uint8Array, key: string, signature: string): boolean {
  const expected = Buffer.from(signFilePath(secret, key));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
