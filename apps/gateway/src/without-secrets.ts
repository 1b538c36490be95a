/** A `data:` URI, percent-encoded or not: its head, which tells what it was of, and the rest, which is cut. */
const DATA_URI = /(data(?::|%3a)[a-z0-9.+-]+(?:\/|%2f)[^,"\s]{1,80}?(?:,|%2c))[a-z0-9+/=_%-]+/gi;

/** The text without the secrets, and with `data:` URIs cut to their heads. */
export function withoutSecrets(text: string, secrets: readonly string[] = []): string {
  let cleaned = text.replaceAll(DATA_URI, "$1…");
  for (const secret of secrets) cleaned = cleaned.replaceAll(secret, "[secret]");
  return cleaned;
}
