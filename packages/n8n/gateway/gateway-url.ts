/** The address of a gateway as people write it, without what may stand at its end. The credential's test has the same in an expression. */
export function gatewayUrl(url: string): string {
  return url
    .trim()
    .replace(/\/+$/, "")
    .replace(/\/graphql$/, "");
}
