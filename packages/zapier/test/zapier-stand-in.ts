import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import app from "../src/index.ts";

// What Zapier's own wrapper calls; its types leave it out.
const { createAppHandler }: { createAppHandler(app: object): (event: object) => Promise<Ran> } = createRequire(
  import.meta.url,
)("zapier-platform-core");

// Without one it calls nobody, so not the stand-in either.
Object.assign(process.env, { ZAPIER_DEPLOY_KEY: "key" });

/** What Zapier runs a function with. */
export interface Run {
  inputData?: Record<string, unknown>;
  meta?: Record<string, unknown>;
  outputData?: object;
  subscribeData?: object;
  targetUrl?: string;
  cleanedRequest?: unknown;
  /** Where the run is called back. Default: at this stand-in. */
  callbackUrl?: string;
}

/** What came of it. */
export interface Ran {
  results: unknown;
  status: "SUCCESS" | "CALLBACK";
}

/** A request that came to an address that was given out. */
export interface Received {
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** What stands in for Zapier: its memory, its storage of files, the addresses it is called back at, and its log. */
export interface ZapierStandIn extends AsyncDisposable {
  /** An address that is called back. */
  address(path: string): string;
  /** Runs a function of the app, as `creates.createVideo.operation.perform`. */
  run(method: string, run?: Run): Promise<Ran>;
  /** What a file in an output leads to: its bytes, as Zapier keeps them. */
  hydrate(file: unknown): Promise<{ url: string; name: string; type: string; bytes: Uint8Array }>;
  /** The next request to an address that was not waited for yet. */
  received(path: string): Promise<Received>;
  /** How many have come to it so far. */
  receivedCount(path: string): number;
  /** What the app has logged. */
  log(): string;
  /** Has its memory fail from now on. */
  forget(): void;
}

/** @param authData the connection that everything runs with */
export async function startZapier(authData: Record<string, string>): Promise<ZapierStandIn> {
  const memory = new Map<string, string>();
  const cursors = new Map<string, string>();
  const files = new Map<string, File>();
  const received: Received[] = [];
  const taken = new Map<string, number>();
  const waiting = new Set<() => void>();
  let logged = "";
  let forgets = false;

  function remember(method: string, [key = "", value = "", , , nx]: readonly (string | boolean | null)[]): unknown {
    if (forgets) throw new Error("The memory is away");
    const name = String(key);
    switch (method) {
      case "zcache_set":
        if (nx === true && memory.has(name)) return false;
        memory.set(name, String(value));
        return true;
      case "zcache_get":
        return memory.get(name) ?? null;
      case "get_cursor":
        return cursors.get("cursor") ?? null;
      case "set_cursor":
        cursors.set("cursor", name);
        return null;
      case "get_presigned_upload_post_data":
        return { url: `${url}/storage/`, fields: { key: `file-${files.size + 1}` } };
      default:
        throw new Error(`No call ${method}`);
    }
  }

  async function answer(request: IncomingMessage): Promise<{ status: number; body?: unknown }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const path = request.url ?? "";
    if (path === "/rpc") {
      const { id, method, params } = JSON.parse(body.toString());
      try {
        return { status: 200, body: { id, result: remember(method, params) } };
      } catch (error) {
        return { status: 200, body: { id, error: String(error) } };
      }
    }
    if (path === "/storage/") {
      const type = request.headers["content-type"] ?? "";
      const form = await new Response(body, { headers: { "content-type": type } }).formData();
      const file = form.get("file");
      if (file instanceof File) files.set(String(form.get("key")), file);
      return { status: 204 };
    }
    received.push({ path, headers: request.headers, body: body.toString() });
    for (const look of waiting) look();
    return { status: 200, body: { status: "success" } };
  }

  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request);
    if (body === undefined) response.writeHead(status).end();
    else response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;

  const handle = createAppHandler(app);
  let callbacks = 0;

  async function run(method: string, { callbackUrl, ...bundle }: Run = {}): Promise<Ran> {
    callbacks += 1;
    return await handle({
      command: "execute",
      method,
      bundle: { authData, inputData: {}, meta: {}, ...bundle },
      callback_url: callbackUrl ?? `${url}/hooks/callback/${callbacks}`,
      rpc_base: `${url}/rpc`,
      customLogger(message: string, data: object) {
        logged += `${message} ${JSON.stringify(data)}\n`;
      },
    });
  }

  return {
    address: (path) => `${url}${path}`,
    run,
    async hydrate(file) {
      const [, text] = /^hydrate\|\|\|(.*)\|\|\|hydrate$/s.exec(String(file)) ?? [];
      if (text === undefined) throw new Error(`No file: ${file}`);
      const { method, bundle } = JSON.parse(text);
      const { results } = await run(method, { inputData: bundle });
      const stored = files.get(String(results).split("/").at(-1) ?? "");
      if (stored === undefined) throw new Error(`Nothing was stored: ${results}`);
      const bytes = new Uint8Array(await stored.arrayBuffer());
      return { url: String(results), name: stored.name, type: stored.type, bytes };
    },
    received(path) {
      const { promise, resolve } = Promise.withResolvers<Received>();
      const number = taken.get(path) ?? 0;
      taken.set(path, number + 1);
      const look = () => {
        const one = received.filter((request) => request.path === path)[number];
        if (one === undefined) return;
        waiting.delete(look);
        resolve(one);
      };
      waiting.add(look);
      look();
      return promise;
    },
    receivedCount: (path) => received.filter((request) => request.path === path).length,
    log: () => logged,
    forget() {
      forgets = true;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
