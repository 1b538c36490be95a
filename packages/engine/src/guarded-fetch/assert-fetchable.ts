import { isIP } from "node:net";
import { isAllowedAddress } from "./address-rule.ts";
import { fetchableUrl } from "./fetchable-url.ts";
import { GuardedFetchError } from "./guarded-fetch-error.ts";
import { guardedLookup, type ResolveName } from "./guarded-lookup.ts";

/** What `assertFetchable` goes by, as `GuardedFetchOptions` says. */
export interface AssertFetchableOptions {
  allowPrivateAddresses: boolean;
  resolve: ResolveName;
  /** How long a name is looked for, in milliseconds. */
  timeoutMs: number;
}

/** Codes of resolvers that know that there is no such name, or that it has no address. */
const NO_SUCH_NAME: ReadonlySet<string | undefined> = new Set(["ENOTFOUND", "ENODATA", "NXDOMAIN"]);

/**
 * Looks whether an address could be fetched as things are: its host is known, and at an address that may be connected to. Where the
 * host's name cannot be looked up for the moment, it could. Whoever fetches it looks again.
 *
 * @throws GuardedFetchError `INVALID_URL`, `SCHEME_NOT_ALLOWED`, `ADDRESS_NOT_ALLOWED`, `UNREACHABLE`: there is no such name
 */
export async function assertFetchable(url: string, options: AssertFetchableOptions): Promise<void> {
  const { hostname } = fetchableUrl(url);
  const rule = options.allowPrivateAddresses ? "private" : "public";
  const address = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address)) {
    if (isAllowedAddress(address, rule)) return;
    throw new GuardedFetchError("ADDRESS_NOT_ALLOWED", `${hostname} is not a public address.`);
  }
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), options.timeoutMs);
    guardedLookup(rule, options.resolve)(hostname, { all: true }, (reason) => {
      clearTimeout(timer);
      resolve(reason);
    });
  });
  if (error instanceof GuardedFetchError) throw error;
  if (NO_SUCH_NAME.has(error?.code)) throw new GuardedFetchError("UNREACHABLE", `There is no host ${hostname}.`);
}
