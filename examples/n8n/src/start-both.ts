import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createReelwireClient, type ReelwireClient, type TypedDocument } from "@reelwire/core/client";
import { runMain } from "@reelwire/gateway-for-tests";
import { installN8n } from "./install-n8n.ts";
import { installNode } from "./install-node.ts";
import { type N8nApi, setUpOwner, type Workflow } from "./n8n-api.ts";
import { startN8n } from "./start-n8n.ts";

/** A gateway, and an n8n with the node, that know of each other. */
export interface Both {
  n8nUrl: string;
  restartN8n(): Promise<void>;
  n8n: N8nApi;
  reelwire: ReelwireClient;
  /** Publishes a workflow of `workflows/`. @returns its id */
  publish(file: string): Promise<string>;
}

const CREATE_KEY: TypedDocument<{ createApiKey: { secret: string } }, object> =
  'mutation { createApiKey(input: { name: "n8n", scopes: [VIDEOS_CREATE, VIDEOS_READ, WEBHOOKS] }) { secret } }';

/** What the command line says: where n8n is, or is to be, and whether it is restarted while a workflow waits. */
export function readOptions(): { n8n: string; restart: boolean } {
  const { values } = parseArgs({ options: { n8n: { type: "string" }, restart: { type: "boolean" } } });
  return { n8n: resolve(values.n8n ?? join(import.meta.dirname, "../n8n-server")), restart: values.restart === true };
}

/** Starts both with nothing in them; `started` ends them. */
export async function startBoth(started: AsyncDisposableStack, say: (line: string) => void): Promise<Both> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void started.disposeAsync().then(() => process.exit(130)));
  }
  const { n8n: directory } = readOptions();
  const version = await installN8n(directory, say);
  const dataFolder = await mkdtemp(join(tmpdir(), "reelwire-n8n-"));
  started.defer(() => rm(dataFolder, { recursive: true, force: true }));
  const nodeVersion = await installNode(dataFolder);

  // The gateway is on this machine, and so is who it calls back.
  const gateway = started.use(await runMain({ REELWIRE_ALLOW_PRIVATE_ADDRESSES: "true" }));
  const gatewayUrl = await gateway.ready;
  say(`Reelwire is at ${gatewayUrl}, with its emulator.`);
  const unasked = createReelwireClient({ url: `${gatewayUrl}/graphql` });
  const apiKey = (await unasked.request(CREATE_KEY, {})).createApiKey.secret;
  unasked.close();
  const reelwire = createReelwireClient({ url: `${gatewayUrl}/graphql`, token: apiKey });
  started.defer(() => reelwire.close());

  const { url, restart: restartN8n } = started.use(await startN8n(directory, dataFolder));
  say(`n8n ${version} is at ${url}, with n8n-nodes-reelwire ${nodeVersion}.`);
  const n8n = await setUpOwner(url);
  const credentials = {
    Reelwire: await n8n.createCredential("Reelwire", "reelwireApi", { url: gatewayUrl, apiKey }),
  };
  const publish = async (file: string) => {
    const workflow: Workflow = JSON.parse(await readFile(join(import.meta.dirname, "../workflows", file), "utf8"));
    return await n8n.publishWorkflow(workflow, credentials);
  };
  return { n8nUrl: url, restartN8n, n8n, reelwire, publish };
}
