import { ADDRCONFIG, type LookupAddress, lookup, promises } from "node:dns";
import type { ResolveName } from "./guarded-lookup.ts";

/** How long one try to resolve a name takes at most, in milliseconds, and how many there are. */
const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Resolves names by DNS alone, without the system's resolver, of which a process can ask but two or so at a time: names whose servers
 * never answer would hold up all others'. Names that only the system knows, as of its hosts file, are at private addresses.
 *
 * @param askSystem whether the system is asked for what DNS does not know
 * @param servers what to ask. Default: as the system does
 */
export function createResolver(askSystem: boolean, servers?: readonly string[]): ResolveName {
  const resolver = new promises.Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return (hostname, options, callback) => {
    void resolveByDns(resolver, hostname).then(({ addresses, error }) => {
      if (addresses.length > 0) callback(null, addresses);
      else if (askSystem) lookup(hostname, { hints: ADDRCONFIG, ...options, all: true }, callback);
      else callback(error, []);
    });
  };
}

async function resolveByDns(
  resolver: promises.Resolver,
  hostname: string,
): Promise<{ addresses: LookupAddress[]; error: NodeJS.ErrnoException | null }> {
  const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  const addresses = [
    ...(four.status === "fulfilled" ? four.value.map((address) => ({ address, family: 4 })) : []),
    ...(six.status === "fulfilled" ? six.value.map((address) => ({ address, family: 6 })) : []),
  ];
  // That a name has no addresses of one kind says nothing where the other kind could not be asked for.
  const reasons = [four, six].flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
  return {
    addresses,
    error: reasons.find(({ code }) => code !== "ENODATA" && code !== "ENOTFOUND") ?? reasons[0] ?? null,
  };
}
