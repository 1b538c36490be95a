/** A `data:` URI, percent-encoded or not: its head, which tells what it was of, and the rest, which is cut. */
const DATA_URI = /(data(?::|%3a)[a-z0-9.+-]+(?:\/|%2f)[^,"\s]{1,80}?(?:,|%2c))[a-z0-9+/=_%-]+/gi;

/** An API key, also one that was cut off; what its id is made of is no secret. */
const API_KEY = /(rwk_[0-9a-z]{26}_)[\w-]+/g;

/**
 * A JWT, whoever signed it. Looked for only where a word begins, after what JSON or an address escapes too: otherwise a long text of
 * such beginnings would take for ever.
 */
const JWT = /(?<=^|[^\w-]|\\(?:[bfnrt]|u[\da-fA-F]{4})|%[\da-fA-F]{2})eyJ[\w-]*(?:\.[\w-]+){2}/g;

/** The text without the secrets, without API keys and JWTs, and with `data:` URIs cut to their heads. */
export function withoutSecrets(text: string, secrets: readonly string[] = []): string {
  let cleaned = text.replaceAll(DATA_URI, "$1…").replaceAll(API_KEY, "$1[secret]").replaceAll(JWT, "[secret]");
  for (const secret of secrets) cleaned = cleaned.replaceAll(secret, "[secret]");
  return cleaned;
}
