import { resolve } from "node:path";
import type { CreationLimits, ExternalIssuer, UpstreamLimits } from "@reelwire/engine";
import { z } from "zod";
import { CONFIGURATION_VARIABLES } from "./configuration-variables.ts";
import { type FilesConfiguration, filesConfiguration, filesProblems, filesVariables } from "./files-configuration.ts";
import { httpAddress } from "./http-address.ts";
import { issuerConfiguration, issuerProblems, issuerVariables } from "./issuer-configuration.ts";
import { isListeningHost, isWildcard, withoutBrackets } from "./listening-host.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";
import type { RequestLimits } from "./request-rates.ts";

/** `web` answers clients, `worker` carries videos. */
export const ROLES = ["both", "web", "worker"] as const;
export type Role = (typeof ROLES)[number];

/** How a gateway is set up. */
export interface Configuration {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** PostgreSQL; `null`: the embedded database in `dataDir`. */
  databaseUrl: string | null;
  databaseConnections: number;
  role: Role;
  /** Absolute. */
  dataDir: string;
  files: FilesConfiguration;
  /** `null`: the built-in emulator. */
  upstream: { apiKey: string; baseUrl?: string | undefined } | null;
  allowPrivateAddresses: boolean;
  /** Without a slash at its end; `null`: the address it listens on. */
  publicUrl: string | null;
  /** Origins of web pages besides the gateway's own; `*` is every one. */
  allowedOrigins: readonly string[];
  /** Whose tokens are taken besides the gateway's own; `null`: nobody's. */
  issuer: ExternalIssuer | null;
  logLevel: LogLevel;
  /** From submission until a video is given up, in milliseconds. */
  generationTimeoutMs: number;
  /** What a generation takes as long as nothing was learned, in milliseconds; `null`: what is usual for the upstream. */
  typicalGenerationMs: number | null;
  /** What all nodes together keep to towards the upstream. */
  limits: UpstreamLimits;
  /** What each API key and each subject keeps to, on all nodes together. */
  creationLimits: CreationLimits;
  /** And on each node. */
  requestLimits: RequestLimits;
}

/** The environment cannot be used. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  /** A line for each thing that is wrong: which variable, why, and what to do. Never a value that may be secret. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

function wholeNumber(min: number, max: number) {
  const isOne = (text: string) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max;
  return z.string().refine(isOne, `must be a whole number from ${min} to ${max}`).transform(Number);
}

const positiveNumber = z
  .string()
  .refine((text) => /^\d{1,6}(?:\.\d{1,6})?$/.test(text) && Number(text) > 0, "must be a number above 0, such as 2.5")
  .transform(Number);

function isPostgresAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^postgres(?:ql)?:$/.test(url.protocol) && url.pathname.length > 1;
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  // Nobody has a name with a star in it, and whoever writes one means what is not to be had.
  return url?.origin === text && /^https?:$/.test(url.protocol) && !text.includes("*");
}

/** Of one key or subject, in a minute or at a time. */
const callerLimit = wholeNumber(1, 1_000_000).optional();

const environment = z.object({
  PORT: wholeNumber(0, 65_535).default(4000),
  HOST: z
    .string()
    .refine(
      isListeningHost,
      "must be an address or name of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them",
    )
    .transform(withoutBrackets)
    .default("127.0.0.1"),
  DATABASE_URL: z
    .string()
    .refine(isPostgresAddress, "must be an address such as postgres://user:password@host:5432/database")
    .optional(),
  REELWIRE_DATABASE_CONNECTIONS: wholeNumber(1, 1_000).default(10),
  REELWIRE_ROLE: z.enum(ROLES, `must be one of ${ROLES.join(", ")}`).default("both"),
  REELWIRE_DATA_DIR: z
    .string()
    .default("./data")
    .transform((directory) => resolve(directory)),
  ...filesVariables,
  AIMLAPI_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "must be printable ASCII without spaces")
    .optional(),
  AIMLAPI_BASE_URL: httpAddress.optional(),
  REELWIRE_ALLOW_PRIVATE_ADDRESSES: z
    .stringbool({ truthy: ["true"], falsy: ["false"], error: "must be true or false" })
    .default(false),
  REELWIRE_PUBLIC_URL: httpAddress.optional(),
  REELWIRE_ALLOWED_ORIGINS: z
    .string()
    .transform((list) => list.split(",").map((origin) => origin.trim()))
    .refine(
      (list) => list.every((origin) => origin === "*" || isOrigin(origin)),
      "must list origins, with commas, such as https://app.example.com, or be * for all of them",
    )
    .default([]),
  ...issuerVariables,
  REELWIRE_LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).optional(),
  REELWIRE_GENERATION_TIMEOUT_SECONDS: wholeNumber(1, 86_400).default(1200),
  REELWIRE_TYPICAL_GENERATION_SECONDS: positiveNumber.optional(),
  REELWIRE_MAX_SUBMISSIONS_PER_SECOND: positiveNumber.optional(),
  REELWIRE_MAX_GENERATIONS: wholeNumber(1, 1_000_000).optional(),
  REELWIRE_MAX_POLLS_PER_SECOND: positiveNumber.optional(),
  REELWIRE_KEY_CREATIONS_PER_MINUTE: callerLimit,
  REELWIRE_SUBJECT_CREATIONS_PER_MINUTE: callerLimit,
  REELWIRE_KEY_UNFINISHED_VIDEOS: callerLimit,
  REELWIRE_SUBJECT_UNFINISHED_VIDEOS: callerLimit,
  REELWIRE_KEY_REQUESTS_PER_MINUTE: callerLimit,
  REELWIRE_SUBJECT_REQUESTS_PER_MINUTE: callerLimit,
});

/** A worker tells nobody an address. */
function lacksPublicUrl({ HOST, REELWIRE_PUBLIC_URL, REELWIRE_ROLE }: z.infer<typeof environment>): boolean {
  return REELWIRE_ROLE !== "worker" && REELWIRE_PUBLIC_URL === undefined && isWildcard(HOST);
}

/** `REELWIRE_URL` and `REELWIRE_TOKEN` are for the examples and your servers, which may share an environment with the gateway. */
const OURS = /^(?:REELWIRE_(?!(?:URL|TOKEN)$)|AIMLAPI_)/;

const MAX_NEAREST = 3;

/** The names that begin most like one that is not known; none where all begin as much like it. */
function nearest(unknown: string): string[] {
  const names = CONFIGURATION_VARIABLES.map(({ name }): string => name);
  const least = OURS.exec(unknown)?.[0].length ?? 0;
  for (let length = unknown.length; length >= least; length -= 1) {
    const alike = names.filter((name) => name.startsWith(unknown.slice(0, length)));
    if (alike.length > MAX_NEAREST && length === least) break;
    if (alike.length > 0) return alike.slice(0, MAX_NEAREST);
  }
  return [];
}

/**
 * Reads the environment, once. An empty value is the same as none. A variable that begins like ours and is not known stops
 * the start too: it is most likely a mistyped one.
 *
 * @param atTerminal whether a person sees the log as it is written; it is quieter then
 * @throws {ConfigurationError} with everything that is wrong
 */
export function parseConfiguration(
  variables: Readonly<Record<string, string | undefined>>,
  { atTerminal = false }: { atTerminal?: boolean } = {},
): Configuration {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value?.trim()));
  const parsed = environment.safeParse(given);
  const problems = parsed.error?.issues.map(({ path, message }) => `${path.join(".")} ${message}.`) ?? [];
  const known = CONFIGURATION_VARIABLES.map(({ name }): string => name);
  for (const name of Object.keys(given)) {
    if (OURS.test(name) && !known.includes(name)) {
      const alike = nearest(name).join(", ");
      problems.push(
        `${name} is not a variable that the gateway knows: unset it, or correct its name${alike && `. It knows ${alike}`}.`,
      );
    }
  }
  if ("AIMLAPI_BASE_URL" in given && !("AIMLAPI_API_KEY" in given)) {
    problems.push("AIMLAPI_BASE_URL is set without AIMLAPI_API_KEY: set the key too, or neither for the emulator.");
  }
  problems.push(...filesProblems(given), ...issuerProblems(given));
  if (parsed.data !== undefined && parsed.data.REELWIRE_ROLE !== "both" && !("DATABASE_URL" in given)) {
    problems.push("REELWIRE_ROLE is set without DATABASE_URL: an embedded database has one node, which does both.");
  }
  if (parsed.data !== undefined && lacksPublicUrl(parsed.data)) {
    problems.push(
      "HOST is every address of this machine, and REELWIRE_PUBLIC_URL is not set: set it to the address by which clients reach the gateway, such as https://video.example.com.",
    );
  }
  if (problems.length > 0 || parsed.data === undefined) throw new ConfigurationError(problems);

  const { data } = parsed;
  return {
    host: data.HOST,
    port: data.PORT,
    databaseUrl: data.DATABASE_URL ?? null,
    databaseConnections: data.REELWIRE_DATABASE_CONNECTIONS,
    role: data.REELWIRE_ROLE,
    dataDir: data.REELWIRE_DATA_DIR,
    files: filesConfiguration(data, data.REELWIRE_DATA_DIR),
    upstream:
      data.AIMLAPI_API_KEY === undefined ? null : { apiKey: data.AIMLAPI_API_KEY, baseUrl: data.AIMLAPI_BASE_URL },
    allowPrivateAddresses: data.REELWIRE_ALLOW_PRIVATE_ADDRESSES,
    publicUrl: data.REELWIRE_PUBLIC_URL ?? null,
    allowedOrigins: data.REELWIRE_ALLOWED_ORIGINS,
    issuer: issuerConfiguration(data),
    logLevel: data.REELWIRE_LOG_LEVEL ?? (atTerminal ? "warn" : "info"),
    generationTimeoutMs: data.REELWIRE_GENERATION_TIMEOUT_SECONDS * 1000,
    typicalGenerationMs:
      data.REELWIRE_TYPICAL_GENERATION_SECONDS === undefined ? null : data.REELWIRE_TYPICAL_GENERATION_SECONDS * 1000,
    limits: {
      submissionsPerSecond: data.REELWIRE_MAX_SUBMISSIONS_PER_SECOND ?? null,
      generations: data.REELWIRE_MAX_GENERATIONS ?? null,
      pollsPerSecond: data.REELWIRE_MAX_POLLS_PER_SECOND ?? null,
    },
    creationLimits: {
      keyCreationsPerMinute: data.REELWIRE_KEY_CREATIONS_PER_MINUTE ?? null,
      subjectCreationsPerMinute: data.REELWIRE_SUBJECT_CREATIONS_PER_MINUTE ?? null,
      keyUnfinished: data.REELWIRE_KEY_UNFINISHED_VIDEOS ?? null,
      subjectUnfinished: data.REELWIRE_SUBJECT_UNFINISHED_VIDEOS ?? null,
    },
    requestLimits: {
      keyRequestsPerMinute: data.REELWIRE_KEY_REQUESTS_PER_MINUTE ?? null,
      subjectRequestsPerMinute: data.REELWIRE_SUBJECT_REQUESTS_PER_MINUTE ?? null,
    },
  };
}

/** What no line of the log may hold. */
export function secretsIn({ upstream, files, databaseUrl }: Configuration): string[] {
  // One that is short would be found in ordinary words; it is in no message that is logged, either.
  const { password } = new URL(databaseUrl ?? "postgres:");
  const database = password.length < 6 ? [] : [password, decodeURIComponent(password)];
  return [upstream?.apiKey ?? [], files.kind === "s3" ? files.secretAccessKey : [], database].flat();
}
