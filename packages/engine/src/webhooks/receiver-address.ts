import { ApiError } from "@reelwire/core";
import type { ResolveName } from "../guarded-fetch/guarded-lookup.ts";
import { assertFetchable, GuardedFetchError } from "../guarded-fetch.ts";

/** How receivers are reached. */
export interface ReceiverNetwork {
  /** Lets them be at loopback, private, unique-local and CGNAT addresses. */
  allowPrivateAddresses: boolean;
  resolve: ResolveName;
}

/** How long a receiver's name is looked for before its address is taken, in milliseconds: delivery looks again. */
const LOOKUP_MS = 3_000;

/**
 * Looks whether an address may be sent to.
 *
 * @param field what it was given as
 * @throws {ApiError} `BAD_INPUT` where its host is not known, or not at an address that may be sent to
 */
export async function checkReceiver(network: ReceiverNetwork, url: string, field: string): Promise<void> {
  try {
    await assertFetchable(url, { ...network, timeoutMs: LOOKUP_MS });
  } catch (error) {
    if (!(error instanceof GuardedFetchError)) throw error;
    const message =
      error.code === "ADDRESS_NOT_ALLOWED"
        ? `${URL.parse(url)?.hostname} is at an address that is not sent to: a private, loopback or link-local one. Give a public address. Whoever runs the gateway can allow private and loopback ones with REELWIRE_ALLOW_PRIVATE_ADDRESSES.`
        : error.message;
    throw ApiError.badInput([{ path: [field], message }]);
  }
}
