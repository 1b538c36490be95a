import ipaddr from "ipaddr.js";

/** What kinds of address may be connected to. `private` adds loopback and the ranges for use inside an organisation. */
export type AddressRule = "public" | "private";

// Link-local stays out even so: clouds keep their machines' credentials at 169.254.169.254.
const PRIVATE_RANGES: ReadonlySet<string> = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat"]);
/** Where clouds keep credentials, or tell machines what they are, outside of the link-local ranges. */
const METADATA: ReadonlySet<string> = new Set(
  [
    "fd00:ec2::254", // AWS
    "fd20:ce::254", // Google Cloud
    "100.100.100.200", // Alibaba Cloud
    "168.63.129.16", // Azure, although its range is public
  ].map((address) => ipaddr.parse(address).toString()),
);
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");
const NAT64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");

/**
 * Whether an IP address may be connected to.
 *
 * Under `public` only global unicast may. An IPv6 address that wraps an IPv4 one (mapped, compatible, 6to4, Teredo) is
 * refused whatever it wraps, except in the well-known NAT64 prefix of RFC 6052: names without IPv6 resolve to it in
 * IPv6-only networks, so there the wrapped address must be public. Where clouds keep credentials, and anything that is no IP address,
 * is refused under either.
 */
export function isAllowedAddress(address: string, rule: AddressRule): boolean {
  if (address.includes("%") || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (METADATA.has(parsed.toString())) return false;
  if (rule === "private" && PRIVATE_RANGES.has(parsed.range())) return true;
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === "unicast";
  if (parsed.match(NAT64))
    return isAllowedAddress(new ipaddr.IPv4(parsed.toByteArray().slice(12)).toString(), "public");
  return parsed.match(GLOBAL_UNICAST) && parsed.range() === "unicast";
}
