import type { Storage } from "@graphiql/toolkit";

/** What GraphiQL's history keeps, as JSON; elsewhere it keeps no headers. */
const HISTORY = ["graphiql:queries", "graphiql:favorites"];

/** Keeps what GraphiQL keeps, but for the headers that an operation in its history was sent with: a credential may be among them. */
export function storageWithoutHeaders(storage: Storage): Storage {
  return {
    get length() {
      return storage.length;
    },
    getItem: (key) => storage.getItem(key),
    removeItem: (key) => storage.removeItem(key),
    clear: () => storage.clear(),
    setItem: (key, value) => storage.setItem(key, HISTORY.includes(key) ? withoutHeaders(value) : value),
  };
}

function withoutHeaders(history: string): string {
  return JSON.stringify(JSON.parse(history, (name, part) => (name === "headers" ? undefined : part)));
}
