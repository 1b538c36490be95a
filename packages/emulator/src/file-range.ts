import parseRange from "range-parser";

/** Which bytes of a file to send: all, one stretch (`end` is the last byte), or none because none of those asked for exist. */
export type FileRange = "whole" | "unsatisfiable" | { readonly start: number; readonly end: number };

/**
 * What a `Range` header asks for. As RFC 9110 allows, one that is malformed, in other units, or names several stretches
 * is ignored, and so is any whose `If-Range` names another version than `etag`.
 */
export function readRange(
  size: number,
  etag: string,
  range: string | undefined,
  ifRange: string | undefined,
): FileRange {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return "whole";
  const stretches = parseRange(size, range, { combine: true });
  if (stretches === -1) return "unsatisfiable";
  if (stretches === -2 || stretches.type !== "bytes") return "whole";
  const [only, ...more] = stretches;
  return only === undefined || more.length > 0 ? "whole" : only;
}
