/**
 * A regular expression of PostgreSQL for whatever contains this text, in whatever case. The cases are told apart here, by Unicode:
 * what `ILIKE` takes for the same letter depends on the locale that a database was made with, and is ASCII alone in many.
 */
export function searchPattern(text: string): string {
  return Array.from(text, pattern).join("");
}

function pattern(character: string): string {
  const upper = character.toUpperCase();
  const cases = [character, character.toLowerCase(), upper, upper.toLowerCase()];
  const single = [...new Set(cases)].filter((one) => Array.from(one).length === 1);
  if (single.length > 1) return `[${single.join("")}]`;
  return /^[\p{L}\p{N}]$/u.test(character) ? character : `\\${character}`;
}
