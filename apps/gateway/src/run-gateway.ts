import { type Configuration, parseConfiguration, secretsIn } from "./configuration.ts";
import { createLog } from "./log.ts";
import { explainStartFailure } from "./start-error.ts";
import { type Gateway, startGateway, tellsReceivers } from "./start-gateway.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** Where the example looks for a gateway by itself. */
const DEFAULT_PORT = 4000;

/** A line for whoever started the gateway. */
function complain(line: string): void {
  process.stderr.write(`reelwire: ${withoutSecrets(line)}\n`);
}

function fail(error: unknown): never {
  const lines = explainStartFailure(error) ?? [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  for (const line of lines) complain(line);
  process.exit(1);
}

/** What a newcomer sees while a new database is made, which takes some seconds. */
function announce({ dataDir, databaseUrl }: Configuration): void {
  const where = databaseUrl === null ? dataDir : `PostgreSQL at ${new URL(databaseUrl).host}`;
  process.stdout.write(`Reelwire is starting, with its data in ${where} …\n`);
}

function greet(gateway: Gateway, configuration: Configuration): void {
  const { role, publicUrl } = configuration;
  const addresses =
    role === "worker"
      ? [
          "  It carries videos, and answers no clients (REELWIRE_ROLE=worker).",
          ...(tellsReceivers(configuration)
            ? []
            : [
                "  It leaves webhooks to the nodes that answer clients: set REELWIRE_PUBLIC_URL for it to send them too.",
              ]),
          `  Health     ${gateway.url}/readyz`,
        ]
      : [
          `  Studio     ${gateway.url}/`,
          `  GraphQL    ${gateway.url}/graphql`,
          `  Websocket  ${gateway.url.replace(/^http/, "ws")}/graphql`,
          `  SSE        ${gateway.url}/graphql/stream`,
          `  GraphiQL   ${gateway.url}/graphiql`,
          ...(publicUrl === null ? [] : [`  Clients reach it at ${publicUrl} (REELWIRE_PUBLIC_URL).`]),
          ...(role === "web" ? ["  It carries no videos; workers do (REELWIRE_ROLE=web)."] : []),
        ];
  const access = gateway.asksCallers()
    ? "Callers are asked who they are: send an API key or access token as `Authorization: Bearer …`."
    : 'Nobody is asked who they are, and nobody but this machine is let in. "reelwire keys create" changes both.';
  const hint = [
    "",
    "Try, in another terminal:",
    "",
    `  npx -y pnpm@12 example "a paper boat on a rainy street"${gateway.port === DEFAULT_PORT ? "" : ` --url ${gateway.url}/graphql`}`,
  ];
  const lines = [
    "Reelwire is ready.",
    "",
    ...addresses,
    ...(gateway.emulated
      ? [
          "",
          "No key is set (AIMLAPI_API_KEY), so an emulator makes the videos: they are drawings, and no money is spent.",
        ]
      : ["", "A key is set: videos are real, and cost what the upstream charges."]),
    access,
    ...(role === "worker" || gateway.asksCallers() ? [] : hint),
    "",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** The first signal stops gracefully, the second at once. */
function stopOnSignals(gateway: Gateway): void {
  let stopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      gateway.close().then(() => process.exit(0), fail);
    });
  }
}

try {
  const configuration = parseConfiguration(process.env, { atTerminal: process.stderr.isTTY });
  const log = createLog({ level: configuration.logLevel, secrets: secretsIn(configuration) });
  process.on("unhandledRejection", (error) => {
    log.fatal({ err: error }, "unhandled rejection");
    process.exit(1);
  });
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "uncaught exception");
    process.exit(1);
  });
  announce(configuration);
  const gateway = await startGateway(configuration, { log, onStopped: fail });
  stopOnSignals(gateway);
  greet(gateway, configuration);
} catch (error) {
  fail(error);
}
