/** Why an address can be none of a gateway that Zapier reaches. */
export class AddressProblem extends Error {
  override readonly name = "AddressProblem";
}

/** Only somebody who tries this integration on the own machine can mean these. */
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * A gateway's address as people write it: with a scheme or without, with slashes at its end, or with `/graphql`.
 *
 * @returns it without a slash at its end, and without `/graphql`
 * @throws {AddressProblem}
 */
export function gatewayAddress(written: string | undefined): string {
  const trimmed = (written ?? "").trim();
  if (trimmed === "") throw new AddressProblem("Give the address of your gateway, as https://video.example.com.");
  const address = URL.parse(trimmed.includes("://") ? trimmed : `https://${trimmed}`);
  if (address === null) throw new AddressProblem(`"${trimmed}" is no address. Give one as https://video.example.com.`);
  if (address.username !== "" || address.password !== "") {
    throw new AddressProblem("The gateway's address must not carry a user name or password.");
  }
  if (address.protocol !== "https:" && !(address.protocol === "http:" && LOOPBACK.has(address.hostname))) {
    throw new AddressProblem("The gateway's address must begin with https://, since your API key is sent there.");
  }
  const path = address.pathname.replace(/\/+$/, "").replace(/\/graphql$/, "");
  return `${address.origin}${path.replace(/\/+$/, "")}`;
}

/**
 * The host of a connection's gateway, and its port where it is not the usual one: by which people know it.
 *
 * @throws {AddressProblem}
 */
export function gatewayHost({ url }: Readonly<Record<string, string>>): string {
  return new URL(gatewayAddress(url)).host;
}
