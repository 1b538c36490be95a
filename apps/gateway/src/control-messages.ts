import { join } from "node:path";
import { API_ERROR_CODES, type ApiErrorCode, SCOPES } from "@reelwire/core";
import { z } from "zod";

/** The longest path of a unix socket, in bytes: macOS has room for 103, Linux for 107. */
export const MAX_SOCKET_PATH_BYTES = 103;

/** Where the gateway that uses a data directory listens to its operator; `null`: the path would be too long for a socket. */
export function controlSocketPath(dataDir: string): string | null {
  const path = join(dataDir, "control.sock");
  return Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES ? null : path;
}

/** Answers whoever asks whether somebody listens. */
export const ALIVE_ROUTE = "/";

export const KEYS_ROUTE = "/keys";

const time = z.codec(z.iso.datetime({ offset: true }), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

const scopes = z.array(z.enum(SCOPES));

export const newKeyMessage = z.object({
  project: z.string(),
  name: z.string(),
  scopes,
  expiresAt: time.nullable(),
});

export const keyMessage = z.object({
  id: z.string(),
  project: z.string(),
  name: z.string(),
  scopes,
  createdBy: z.string().nullable(),
  createdAt: time,
  expiresAt: time.nullable(),
  revokedAt: time.nullable(),
  lastUsedAt: time.nullable(),
});

export const madeKeyMessage = z.object({ key: keyMessage, secret: z.string() });

export const keysMessage = z.array(keyMessage);

const code = z.custom<ApiErrorCode>((value) => typeof value === "string" && Object.hasOwn(API_ERROR_CODES, value));

/** As every route of the gateway answers its errors. */
export const refusalMessage = z.object({
  errors: z.array(z.object({ message: z.string(), extensions: z.object({ code }) })).min(1),
});
