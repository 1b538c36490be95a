/** Whether PostgreSQL can store a text: it refuses U+0000, and halves of surrogate pairs. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** A text as PostgreSQL can store it. */
export function toStorableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "");
}
