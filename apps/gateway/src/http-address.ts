import { z } from "zod";

function isAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return !url.username && !url.password && !url.search && !url.hash;
}

/** An http(s) address from the environment; comes out without slashes at its end. */
export const httpAddress = z
  .string()
  .refine(isAddress, "must be an http(s) address without user name, query and fragment")
  .transform((text) => text.replace(/\/+$/, ""));
