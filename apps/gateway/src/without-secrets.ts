/** The longest head of a `data:` URI that is kept: enough to see that it was one, and of what. */
const DATA_URI = /(data:[a-z0-9.+-]+\/[a-z0-9.+-]+[^,"\s]{0,80},)[a-z0-9+/=_%-]+/gi;

/** The text without the secrets, and with `data:` URIs cut to their heads. */
export function withoutSecrets(text: string, secrets: readonly string[] = []): string {
  let cleaned = text.includes("data:") ? text.replaceAll(DATA_URI, "$1…") : text;
  for (const secret of secrets) cleaned = cleaned.replaceAll(secret, "[secret]");
  return cleaned;
}
