import type { Emulator } from "@reelwire/emulator";
import { type RunWithEmulatorOptions, runWithEmulator } from "@reelwire/gateway-for-tests";
import { startZapier, type ZapierStandIn } from "./zapier-stand-in.ts";

/** The scopes that the integration needs. */
export const NEEDED = ["VIDEOS_CREATE", "VIDEOS_READ", "WEBHOOKS"];

/** A gateway in front of an emulator, which knows its callers by keys, and what stands in for Zapier. */
export interface Running extends AsyncDisposable {
  emulator: Emulator;
  /** Of the gateway. */
  url: string;
  /** With all the scopes that the integration needs. */
  apiKey: string;
  zapier: ZapierStandIn;
  /** Makes another key. */
  makeKey(scopes: readonly string[]): Promise<string>;
  /** Asks the gateway anything, as its administrator. */
  asAdmin(query: string, variables?: object): Promise<Record<string, unknown>>;
  /** How many generations were begun, and so paid for, with this prompt. */
  begun(prompt: string): number;
  /** Waits until one is begun, and has it and all others end. */
  finish(prompt: string, count?: number): Promise<void>;
}

export async function startRunning(options: RunWithEmulatorOptions = {}): Promise<Running> {
  await using started = new AsyncDisposableStack();
  const { emulator, url } = started.use(
    await runWithEmulator({
      ...options,
      variables: { REELWIRE_ALLOW_PRIVATE_ADDRESSES: "true", ...options.variables },
    }),
  );
  let admin: string | null = null;

  async function asAdmin(query: string, variables: object = {}): Promise<Record<string, unknown>> {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(admin && { authorization: `Bearer ${admin}` }) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = JSON.parse(await response.text());
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  async function makeKey(scopes: readonly string[]): Promise<string> {
    const { createApiKey } = await asAdmin(
      "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }",
      { input: { name: "zapier", scopes } },
    );
    return String(Object(createApiKey).secret);
  }

  const begun = (prompt: string) => emulator.accepted.filter(({ body }) => body.prompt === prompt).length;

  admin = await makeKey(["ADMIN"]);
  const apiKey = await makeKey(NEEDED);
  const zapier = started.use(await startZapier({ url, apiKey }));

  const running = started.move();
  return {
    emulator,
    url,
    apiKey,
    zapier,
    makeKey,
    asAdmin,
    begun,
    async finish(prompt, count = 1) {
      await emulator.until(() => begun(prompt) >= count);
      emulator.clock.advance(5 * 60_000);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
