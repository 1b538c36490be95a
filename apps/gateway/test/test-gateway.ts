import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, type EmulatorOptions, startEmulator } from "@reelwire/emulator";
import { type Client, type ClientOptions, createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { type Configuration, parseConfiguration, secretsIn } from "../src/configuration.ts";
import { createLog } from "../src/log.ts";
import type { SocketLimits } from "../src/socket-limits.ts";
import { type Gateway, startGateway } from "../src/start-gateway.ts";

/** What an error carries besides its message. */
export interface AnsweredExtensions {
  code: string;
  issues?: unknown;
  requestId?: string;
  retryAfterSeconds?: number;
  budget?: unknown;
}

/** What a GraphQL request was answered with. */
export interface Answer {
  status: number;
  headers: Headers;
  /** As JSON gives it. */
  data: ReturnType<typeof JSON.parse>;
  errors?: { message: string; path?: unknown[]; extensions: AnsweredExtensions }[];
}

/** A gateway with a real engine in a directory of its own, in front of a real emulator. Ends everything when disposed of. */
export interface TestGateway extends AsyncDisposable {
  emulator: Emulator;
  gateway: Gateway;
  url: string;
  /** Every line logged so far. */
  logLines: string[];
  graphql(query: string, variables?: Record<string, unknown>, credential?: string): Promise<Answer>;
  /** A graphql-ws client that is disposed of with the gateway. */
  client(options?: Partial<ClientOptions>): Client;
}

/** What a test may set. */
export interface TestGatewayOptions {
  emulator?: EmulatorOptions;
  configuration?: Partial<Configuration>;
  /** Default: 20. */
  pollEveryMs?: number;
  sockets?: Partial<SocketLimits>;
}

export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const ended = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-gateway-"));
  ended.defer(() => rm(dataDir, { recursive: true, force: true }));
  const emulator = ended.use(await startEmulator({ clip: "cached", clock: "stepped", ...options.emulator }));
  const configuration: Configuration = {
    ...parseConfiguration({ PORT: "0", REELWIRE_DATA_DIR: dataDir, REELWIRE_LOG_LEVEL: "debug" }),
    upstream: { apiKey: emulator.apiKey, baseUrl: emulator.url },
    ...options.configuration,
  };
  const logLines: string[] = [];
  const log = createLog({
    level: configuration.logLevel,
    secrets: secretsIn(configuration),
    destination: { write: (line) => logLines.push(line) },
  });
  const gateway = await startGateway(configuration, {
    log,
    engine: { schedule: { nextPollMs: () => options.pollEveryMs ?? 20 } },
    sockets: options.sockets ?? {},
  });
  ended.defer(() => gateway.close());
  return {
    emulator,
    gateway,
    url: gateway.url,
    logLines,
    graphql: (query, variables, credential) => postGraphql(gateway.url, query, variables, credential),
    client: (clientOptions) => ended.adopt(createTestClient(gateway.url, clientOptions), (client) => client.dispose()),
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
}

export function createTestClient(url: string, options: Partial<ClientOptions> = {}): Client {
  return createClient({
    url: `${url.replace("http", "ws")}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...options,
  });
}

export async function postGraphql(
  url: string,
  query: string,
  variables: Record<string, unknown> = {},
  credential?: string,
): Promise<Answer> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const body = (await response.json()) as Pick<Answer, "data" | "errors">;
  return { ...body, status: response.status, headers: response.headers };
}

export const CREATE_VIDEO = /* GraphQL */ `
  mutation CreateVideo($input: CreateVideoInput!) {
    createVideo(input: $input) {
      reused
      video { id status version url createdAt }
    }
  }
`;

export const VIDEO_STATUS = /* GraphQL */ `
  subscription VideoStatus($id: ID!, $afterVersion: Int) {
    videoStatus(id: $id, afterVersion: $afterVersion) {
      id status version url lastCheckedAt
      error { code }
      progress { fraction }
    }
  }
`;
