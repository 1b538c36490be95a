/** A key that nobody has used. Unlike `randomUUID`, also there on pages that were not loaded over https. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
