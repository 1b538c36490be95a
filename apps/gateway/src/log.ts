import { type DestinationStream, type Logger, pino } from "pino";
import { withoutSecrets } from "./without-secrets.ts";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How a log is written. */
export interface LogOptions {
  level: LogLevel;
  /** What no line may hold, such as the upstream's key. API keys, JWTs and `data:` URIs are cut in any case. */
  secrets: readonly string[];
  /** Default: standard error, so that standard output has only what is meant for people. */
  destination?: DestinationStream;
}

/**
 * The gateway's log: JSON, a line each, as pino writes it. Whatever is logged, and by whom, no line holds a secret, a
 * credential or a `data:` URI (invariant 10): every line goes through `withoutSecrets` as the last thing.
 */
export function createLog({ level, secrets, destination = pino.destination(2) }: LogOptions): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {
        err: errorForLog,
        req: requestForLog,
        res: ({ statusCode }: { statusCode?: number }) => ({ statusCode }),
      },
      hooks: { streamWrite: (line) => withoutSecrets(line, secrets) },
    },
    destination,
  );
}

interface LoggedError {
  type: string;
  message: string;
  code?: unknown;
  stack?: string | undefined;
  cause?: LoggedError;
}

/** Not pino's own: that copies every property, and a database's error carries the row that was being written. */
function errorForLog(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const cause = "originalError" in error ? error.originalError : error.cause;
  return {
    type: error.name,
    message: error.message,
    ...("code" in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(cause instanceof Error ? { cause: errorForLog(cause) } : {}),
  };
}

/** Without the query: it may hold an image, and the signature of a file is as good as the file. */
function requestForLog({ method, url }: { method?: string; url?: string }): { method?: string; path?: string } {
  return {
    ...(method === undefined ? {} : { method }),
    ...(url === undefined ? {} : { path: url.split("?", 1)[0] ?? "" }),
  };
}
