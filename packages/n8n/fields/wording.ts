/**
 * A description in the form that n8n asks for: HTML, ID in capitals, and no period at the end of a single sentence. Its lint asks for that
 * where a description stands in the node as a literal; ours are made of core's words, and a test holds what is made to the same rules.
 */
export function wording(description: string): string {
  // Every other part is between backticks: a name that is written as it is.
  const html = description
    .split("`")
    .map(escaped)
    .map((part, index) => (index % 2 === 1 ? `<code>${part}</code>` : part.replace(/\bid(s?)\b/g, "ID$1")))
    .join("");
  return html.includes(". ") ? html : html.replace(/\.$/, "");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
