import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { type AddressRule, isAllowedAddress } from "./address-rule.ts";
import { GuardedFetchError } from "./guarded-fetch-error.ts";

/** Resolves a name to all of its addresses, as `dns.lookup` with `all: true` does. */
export type ResolveName = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A `lookup` for `net.connect` that refuses names with any address outside the rule. The socket connects to what this
 * resolved and nothing is resolved twice, so a name cannot change its address between the check and the connection.
 *
 * @param rule what the addresses may be; `null`: anything
 * @param resolve asked for the addresses. Default: `dns.lookup`
 */
export function guardedLookup(rule: AddressRule | null, resolve: ResolveName = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const [first] = addresses;
      if (!first || (rule && !addresses.every(({ address }) => isAllowedAddress(address, rule)))) {
        return callback(new GuardedFetchError("ADDRESS_NOT_ALLOWED", `${hostname} is not at a public address.`), []);
      }
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
