import { TypeID, typeid } from "typeid-js";

const PREFIX = "key";

/** A new id of an API key: `key_` and 26 characters, unique, sortable by time of creation. */
export function newApiKeyId(): string {
  return typeid(PREFIX).toString();
}

/** Whether a text is the id of an API key, though perhaps of none that there is. */
export function isApiKeyId(text: string): boolean {
  try {
    return TypeID.fromString(text).getType() === PREFIX;
  } catch {
    return false;
  }
}
