/**
 * A description in the form that n8n asks for: HTML, and no period at the end of a single sentence. Its lint asks for that where a
 * description stands in the node as a literal; ours are made from core's words, and a test holds what is made to the same rules.
 */
export function wording(description: string): string {
  const html = description
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/`([^`]+)`/g, "<code>$1</code>");
  return /\. [A-Z]/.test(html) ? html : html.replace(/\.$/, "");
}
