import { isIP } from "node:net";

/** A name has a letter in its last part; what has none is an address in a spelling that few know, as `0` for 0.0.0.0. */
const NAME = /^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Every address of the machine, as addresses are written in a URL. */
const WILDCARDS: readonly string[] = ["0.0.0.0", "[::]", "[::ffff:0:0]"];

/** Whether it is a name or an address that can be listened on and written in a URL; IPv6 in brackets or not. */
export function isListeningHost(host: string): boolean {
  return NAME.test(host) || (isIP(withoutBrackets(host)) !== 0 && !host.includes("%"));
}

export function withoutBrackets(host: string): string {
  return host.replaceAll(/[[\]]/g, "");
}

/** Whether it means every address of the machine, which is none that a client could be told. */
export function isWildcard(host: string): boolean {
  return WILDCARDS.includes(new URL(`http://${isIP(host) === 6 ? `[${host}]` : host}`).hostname);
}
