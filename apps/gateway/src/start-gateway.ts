import type { AddressInfo } from "node:net";
import { ApiError, TYPICAL_GENERATION_MS } from "@reelwire/core";
import { AccessError, type Engine, type EngineOptions, startEngine, type Undo, undo } from "@reelwire/engine";
import { type BuiltInEmulator, EMULATED_GENERATION_MS, startBuiltInEmulator } from "./built-in-emulator.ts";
import { type Configuration, secretsIn } from "./configuration.ts";
import { startControlSocket } from "./control-socket.ts";
import { DEFAULT_EVENT_STREAM_LIMITS, type EventStreamLimits } from "./event-stream-limits.ts";
import type { ContextFor } from "./graphql/context.ts";
import { describeVideo } from "./graphql/describe-video.ts";
import { startGraphqlOverHttp } from "./graphql/graphql-over-http.ts";
import { createHttpServer, ready } from "./http-server.ts";
import { createLog } from "./log.ts";
import { isLoopbackName } from "./loopback-only.ts";
import { createRequestRates } from "./request-rates.ts";
import { DEFAULT_SOCKET_LIMITS, type SocketLimits } from "./socket-limits.ts";
import { StartError } from "./start-error.ts";
import { databaseOptions, filesOptions } from "./storage.ts";

/** A gateway that answers. */
export interface Gateway {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Whether the built-in emulator stands in for the upstream. */
  readonly emulated: boolean;
  /** Whether callers are asked who they are; may turn true, and never turns false again. */
  asksCallers(): boolean;
  /**
   * Takes no more requests, closes the sockets with 1001, lets what is under way end, hands the videos back and closes the
   * database. Safe to call twice.
   */
  close(): Promise<void>;
}

/** What tests and embedders may replace. */
export interface GatewayOptions {
  /** Default: JSON to standard error, at the configuration's level. */
  log?: ReturnType<typeof createLog>;
  /** Given to the engine as they are. */
  engine?: Pick<EngineOptions, "schedule" | "timing" | "onStep" | "random">;
  sockets?: Partial<SocketLimits>;
  eventStreams?: Partial<EventStreamLimits>;
  /** Called when the database has stopped by itself (a full disk): only a restart helps. Default: ignored. */
  onStopped?: (error: Error) => void;
}

/**
 * Starts a gateway: its engine, its emulator if no key is configured, and its HTTP server.
 *
 * @throws {DatabaseError} such as `DATA_DIR_IN_USE`
 * @throws {StartError} when it cannot listen, the emulator is needed and not installed, or others could reach it and nobody would
 *   be asked who they are
 */
export async function startGateway(configuration: Configuration, options: GatewayOptions = {}): Promise<Gateway> {
  const started: Undo[] = [];
  try {
    return await start(configuration, options, started);
  } catch (error) {
    await undo(started);
    throw error;
  }
}

async function start(configuration: Configuration, options: GatewayOptions, started: Undo[]): Promise<Gateway> {
  let emulator: BuiltInEmulator | null = null;
  let upstream: EngineOptions["upstream"];
  if (configuration.upstream === null) {
    emulator = await startBuiltInEmulator(configuration);
    started.push(emulator.close.bind(emulator));
    upstream = { apiKey: emulator.apiKey, baseUrl: emulator.url };
  } else {
    upstream = configuration.upstream;
  }
  const log =
    options.log ??
    createLog({ level: configuration.logLevel, secrets: [...secretsIn(configuration), upstream.apiKey] });

  let engine: Engine | null = null;
  started.push(async () => engine?.close());
  let url = "";
  const contextFor: ContextFor = (caller, renewAccess = null) => ({
    engine: ready(engine),
    access: ready(engine).access,
    caller,
    viewer: caller.viewer,
    publicUrl: configuration.publicUrl ?? url,
    isEmulated: emulator !== null,
    renewAccess,
  });
  const graphql = await startGraphqlOverHttp({ log });
  started.push(() => graphql.stop());
  const onLoopback = isLoopbackName(configuration.host);
  const bucketUrl = configuration.files.kind === "s3" ? [configuration.files.publicEndpoint] : [];
  const app = await createHttpServer({
    log,
    engine: () => engine,
    graphql,
    contextFor,
    rates: createRequestRates(configuration.requestLimits),
    onLoopback,
    allowedOrigins: configuration.allowedOrigins,
    publicUrl: configuration.publicUrl,
    pages: { mediaOrigins: () => [configuration.publicUrl ?? url, ...bucketUrl].map((file) => new URL(file).origin) },
    answersClients: configuration.role !== "worker",
    socketLimits: { ...DEFAULT_SOCKET_LIMITS, ...options.sockets },
    eventStreamLimits: { ...DEFAULT_EVENT_STREAM_LIMITS, ...options.eventStreams },
  });
  started.push(() => app.close());
  async function listen(): Promise<void> {
    await app.listen({ host: configuration.host, port: configuration.port }).catch((error: unknown) => {
      throw new StartError(explainListenFailure(error, configuration), { cause: error });
    });
    url = addressOf(app.server.address(), configuration.host);
  }
  // The port first: when it is taken, no video has been touched. But nobody else can come before it is known that they are asked.
  if (onLoopback) await listen();

  // What was left to be sent is taken up as the engine starts.
  const whole = Promise.withResolvers<void>();
  whole.promise.catch(() => {});
  started.push(async () => whole.reject(new ApiError("UNAVAILABLE")));
  engine = await startEngine({
    ...options.engine,
    ...databaseOptions(configuration),
    databaseConnections: configuration.databaseConnections,
    carries: configuration.role !== "web",
    files: filesOptions(configuration),
    publicUrl: () => configuration.publicUrl ?? url,
    delivers: tellsReceivers(configuration),
    describeVideo: async (video) => {
      await whole.promise;
      return await describeVideo(video, contextFor);
    },
    limits: configuration.limits,
    creationLimits: configuration.creationLimits,
    access: { issuer: configuration.issuer, mustBeRequired: !onLoopback },
    typicalGenerationMs:
      configuration.typicalGenerationMs ?? (emulator === null ? TYPICAL_GENERATION_MS : EMULATED_GENERATION_MS),
    upstream,
    log,
    ...(options.onStopped === undefined ? {} : { onStopped: options.onStopped }),
    allowPrivateAddresses: configuration.allowPrivateAddresses,
    timing: { generationTimeoutMs: configuration.generationTimeoutMs, ...options.engine?.timing },
  }).catch((error: unknown) => {
    if (!(error instanceof AccessError)) throw error;
    throw new StartError(
      `HOST is ${configuration.host}, which others can reach, and no API key has been made: make one with "reelwire keys create", configure an issuer of your own (REELWIRE_JWT_ISSUER), or set HOST to a loopback address such as 127.0.0.1.`,
      { cause: error },
    );
  });
  if (!onLoopback) await listen();
  whole.resolve();
  started.push(await startControlSocket({ dataDir: configuration.dataDir, access: engine.access, log }));
  let closed: Promise<void> | null = null;
  return {
    url,
    port: Number(new URL(url).port),
    emulated: emulator !== null,
    asksCallers: () => ready(engine).access.isRequired(),
    close: () => (closed ??= undo(started)),
  };
}

/** Whether a node sends to webhooks: what is sent has addresses for clients in it, and only `REELWIRE_PUBLIC_URL` tells a worker theirs. */
export function tellsReceivers({ role, publicUrl }: Pick<Configuration, "role" | "publicUrl">): boolean {
  return role !== "worker" || publicUrl !== null;
}

function addressOf(address: AddressInfo | string | null, host: string): string {
  const port = typeof address === "object" && address !== null ? address.port : 80;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function explainListenFailure(error: unknown, { host, port }: Configuration): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EADDRINUSE") return `Port ${port} on ${host} is in use: stop what uses it, or set PORT to another one.`;
  if (code === "EACCES") return `Port ${port} needs rights that this user does not have: set PORT to one above 1023.`;
  return `Cannot listen on ${host}, port ${port} (${String(code ?? error)}): set HOST and PORT to an address of this machine.`;
}
