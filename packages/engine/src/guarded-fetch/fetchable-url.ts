import { GuardedFetchError } from "./guarded-fetch-error.ts";

/**
 * The address to fetch: http or https, without user name, password and fragment.
 *
 * @param base what `url` is relative to, where it is the target of a redirect
 * @throws GuardedFetchError `INVALID_URL`, `SCHEME_NOT_ALLOWED`
 */
export function fetchableUrl(url: string | URL, base?: URL): URL {
  const parsed = parse(url, base);
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    throw new GuardedFetchError("SCHEME_NOT_ALLOWED", `Only http and https are fetched, not ${parsed.protocol}`);
  }
  if (base?.protocol === "https:" && parsed.protocol === "http:") {
    throw new GuardedFetchError("SCHEME_NOT_ALLOWED", `${base.host} redirects from https to http.`);
  }
  parsed.username = "";
  parsed.password = "";
  parsed.hash = "";
  return parsed;
}

/**
 * A URL's host and port, the port always given, as `GuardedFetchOptions.allowedHosts` has them.
 *
 * @throws GuardedFetchError `INVALID_URL`
 */
export function hostAndPort(url: string | URL): string {
  const parsed = parse(url);
  return `${parsed.hostname}:${parsed.port || (parsed.protocol === "https:" ? "443" : "80")}`;
}

function parse(url: string | URL, base?: URL): URL {
  const parsed = URL.parse(String(url), base);
  // Without the platform's error as its cause, since that holds the whole input.
  if (!parsed) throw new GuardedFetchError("INVALID_URL", "It is not a URL that can be fetched.");
  return parsed;
}
