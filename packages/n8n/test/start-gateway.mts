import { createReelwireClient } from "@reelwire/core/client";
import type { Emulator } from "@reelwire/emulator";
import { runWithEmulator } from "@reelwire/gateway-for-tests";

/** A gateway that asks for a key, and a key for n8n. */
export interface RunningGateway extends AsyncDisposable {
  url: string;
  apiKey: string;
  emulator: Emulator;
  /** Asks the gateway itself, with a key that may do everything. */
  ask<T>(query: string, variables?: object): Promise<T>;
  /** Another key. */
  newKey(scopes: readonly string[]): Promise<string>;
  /** Resolves when the emulator has generations of all these prompts. */
  accepted(...prompts: readonly string[]): Promise<void>;
  /** Moves on the emulator's clock as soon as it has these: each takes a minute, or an hour if it is said to be slow. */
  finish(...prompts: readonly string[]): Promise<void>;
  /** Resolves when a video is finished. */
  ended(id: string): Promise<void>;
}

const NEW_KEY = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }";

export async function startGateway(): Promise<RunningGateway> {
  await using started = new AsyncDisposableStack();
  const { url, emulator } = started.use(
    await runWithEmulator({
      emulator: { durationMs: ({ prompt }) => (prompt.includes("slow") ? 3_600_000 : 60_000) },
      variables: { REELWIRE_ALLOW_PRIVATE_ADDRESSES: "true" },
    }),
  );
  const asking = async <T,>(query: string, variables = {}, token: string | null = null): Promise<T> => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };
  const makeKey = async (scopes: readonly string[], token: string | null) => {
    const input = { name: "of a test", scopes };
    return (await asking<{ createApiKey: { secret: string } }>(NEW_KEY, { input }, token)).createApiKey.secret;
  };
  const admin = await makeKey(["ADMIN"], null);
  const newKey = (scopes: readonly string[]) => makeKey(scopes, admin);
  const apiKey = await newKey(["VIDEOS_CREATE", "VIDEOS_READ", "WEBHOOKS"]);
  const client = createReelwireClient({ url: `${url}/graphql`, token: admin });
  const accepted = (...prompts: readonly string[]) =>
    emulator.until(() => prompts.every((prompt) => emulator.accepted.some(({ body }) => body.prompt === prompt)));
  const running = started.move();
  return {
    ...{ url, apiKey, emulator, newKey, accepted },
    ask: (query, variables) => asking(query, variables, admin),
    async finish(...prompts) {
      await accepted(...prompts);
      await emulator.clock.advance(60_000);
    },
    async ended(id) {
      const watched = client.watchVideo(id);
      while (!(await watched.next()).done);
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
