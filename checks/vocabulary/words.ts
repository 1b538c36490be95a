/** What people are told of something, as far as a place tells it. */
export interface Words {
  label?: string | undefined;
  description?: string | undefined;
  /** A typical value, as JSON. */
  sample?: unknown;
  /** Of a choice: what each of its values is told as. */
  values?: Readonly<Record<string, Words>> | undefined;
}

/** By the name that it has in programs. */
export type Vocabulary = Readonly<Record<string, Words>>;

/** A text without what places make of it by their own rules: markup, ID in capitals, and whether a sentence alone ends with a period. */
export function plain(text: string): string {
  return text
    .replace(/<\/?code>/g, "")
    .replaceAll("`", "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .replace(/\bID(s?)\b/g, "id$1")
    .replace(/\.$/, "");
}

/**
 * Every way in which what a place says is not what is meant: what is missing, what nobody means, and each text and sample that is another. A
 * label, description or sample that the place does not show at all is none.
 */
export function differences(said: Vocabulary, meant: Vocabulary): string[] {
  const missing = Object.keys(meant).filter((name) => !(name in said));
  const extra = Object.keys(said).filter((name) => !(name in meant));
  return [
    ...missing.map((name) => `${name} is missing`),
    ...extra.map((name) => `${name} is said, and not meant`),
    ...Object.entries(said).flatMap(([name, words]) => {
      const right = meant[name];
      return right === undefined ? [] : differ(words, right).map((difference) => `${name}${difference}`);
    }),
  ];
}

function differ(said: Words, meant: Words): string[] {
  const texts = (["label", "description"] as const)
    .filter((part) => said[part] !== undefined && plain(said[part]) !== plain(meant[part] ?? ""))
    .map((part) => `: the ${part} is "${said[part]}", not "${meant[part]}"`);
  const isSample = said.sample === undefined || JSON.stringify(said.sample) === JSON.stringify(meant.sample);
  const sample = `: the sample is ${JSON.stringify(said.sample)}, not ${JSON.stringify(meant.sample)}`;
  const values = said.values === undefined ? [] : differences(said.values, meant.values ?? {});
  return [...texts, ...(isSample ? [] : [sample]), ...values.map((difference) => `.${difference}`)];
}

/** A vocabulary without the parts with these names. */
export function without(words: Vocabulary, names: readonly string[]): Vocabulary {
  return Object.fromEntries(Object.entries(words).filter(([name]) => !names.includes(name)));
}
