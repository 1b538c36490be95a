import { resolve } from "node:path";
import { z } from "zod";
import { CONFIGURATION_VARIABLES } from "./configuration-variables.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";
import { isLoopbackName } from "./loopback-only.ts";

/** How a gateway is set up. */
export interface Configuration {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** Absolute. */
  dataDir: string;
  /** `null`: the built-in emulator. */
  upstream: { apiKey: string; baseUrl: string | null } | null;
  allowPrivateAddresses: boolean;
  /** Without a slash at its end; `null`: the address it listens on. */
  publicUrl: string | null;
  /** Origins of web pages besides the gateway's own. */
  allowedOrigins: readonly string[];
  logLevel: LogLevel;
  generationTimeoutMs: number;
  /** Whether the explorer at `/graphql` is off. */
  production: boolean;
}

/** The environment cannot be used. `problems` has a line for each thing that is wrong, saying what to do. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

const address = (what: string) =>
  z.string().transform((text, context) => {
    const url = URL.parse(text);
    if (url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash) {
      return url.href.replace(/\/+$/, "");
    }
    context.addIssue({ code: "custom", message: `must be an http(s) address without user name and query, such as ${what}` });
    return z.NEVER;
  });

const origins = z.string().transform((text, context) => {
  const given = text.split(",").map((origin) => origin.trim());
  const wrong = given.filter((origin) => {
    const url = URL.parse(origin);
    return url === null || url.origin !== origin || !/^https?:$/.test(url.protocol) || !isLoopbackName(url.hostname);
  });
  for (const origin of wrong) {
    const message = `must list origins on this machine, such as http://localhost:5173, and ${JSON.stringify(origin)} is none`;
    context.addIssue({ code: "custom", message });
  }
  return wrong.length === 0 ? given : z.NEVER;
});

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

const inWords = (words: string) => ({ error: `must be ${words}` });

const environment = z.object({
  PORT: z.string().pipe(z.preprocess(Number, z.int().min(0).max(65_535))).default(4000),
  HOST: z.string().default("127.0.0.1"),
});

const variables = z.object({
  PORT: orElse(wholeNumber(0, 65_535), "a whole number from 0 to 65535").default(4000),
  HOST: z
    .string()
    .refine(isLoopbackName, "must be a loopback address such as 127.0.0.1: this version asks nobody who they are")
    .default("127.0.0.1"),
  DATABASE_URL: z
    .undefined({ error: "is set, and this version has the embedded database only: unset it; REELWIRE_DATA_DIR says where" })
    .optional(),
  REELWIRE_DATA_DIR: z.string().default("./data"),
});
export {};
