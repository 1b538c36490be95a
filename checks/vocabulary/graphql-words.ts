import { schema } from "../../apps/gateway/dist/graphql/schema.js";
import type { Vocabulary, Words } from "./words.ts";

type Described = Readonly<Record<string, { description?: string | null | undefined; type: unknown }>>;

/** What the schema says of the fields of a type, or of an input. */
export function fieldsOf(typeName: string): Vocabulary {
  const type = schema.getType(typeName);
  if (type === undefined || !("getFields" in type)) throw new Error(`The schema has no ${typeName} with fields.`);
  const fields: Described = type.getFields();
  return Object.fromEntries(
    Object.entries(fields).map(([name, { description, type }]) => {
      const values = valuesOf(String(type).replace(/[[\]!]/g, ""));
      return [name, { description: description ?? "", ...(values !== null && { values }) }];
    }),
  );
}

/** What the schema says of the values of an enum; `null` where it is none. */
export function valuesOf(enumName: string): Readonly<Record<string, Words>> | null {
  const type = schema.getType(enumName);
  if (type === undefined || !("getValues" in type)) return null;
  return Object.fromEntries(
    type.getValues().map(({ name, description }) => [name, { description: description ?? "" }]),
  );
}
