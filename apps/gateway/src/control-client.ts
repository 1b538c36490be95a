import { ApiError } from "@reelwire/core";
import type { KeyAdministration } from "@reelwire/engine";
import { Client, type Dispatcher } from "undici";
import { z } from "zod";
import {
  ALIVE_ROUTE,
  controlSocketPath,
  KEYS_ROUTE,
  keyMessage,
  keysMessage,
  madeKeyMessage,
  newKeyMessage,
  refusalMessage,
} from "./control-messages.ts";
import { StartError } from "./start-error.ts";
import { systemReason } from "./system-reason.ts";

/** A running gateway, as its operator speaks to it. */
export interface ControlClient {
  access: KeyAdministration;
  close(): Promise<void>;
}

/** What connecting fails with where no gateway listens: there is no socket, or one that was left behind. */
const NOBODY_LISTENS = ["ENOENT", "ECONNREFUSED"];

/**
 * Connects to the gateway that runs on a data directory; `null`: none listens there.
 *
 * @throws {StartError} where the socket cannot be used
 */
export async function connectControl(dataDir: string): Promise<ControlClient | null> {
  const socketPath = controlSocketPath(dataDir);
  if (socketPath === null) return null;
  const client = new Client("http://localhost", { socketPath });
  try {
    await ask(client, { method: "GET", path: ALIVE_ROUTE }, z.unknown());
  } catch (error) {
    await client.close();
    const reason = systemReason(error);
    if (reason === null) throw error;
    if (NOBODY_LISTENS.includes(reason.code)) return null;
    throw new StartError(`The gateway cannot be spoken to at ${socketPath}: ${reason.words}.`, { cause: error });
  }
  return { access: controlOver(client), close: () => client.close() };
}

function controlOver(client: Client): KeyAdministration {
  return {
    keys: (project) =>
      ask(client, { method: "GET", path: KEYS_ROUTE, query: project === null ? {} : { project } }, keysMessage),
    createKey: ({ project, name, scopes, expiresAt }) => {
      const body = JSON.stringify(z.encode(newKeyMessage, { project, name, scopes: [...scopes], expiresAt }));
      const headers = { "content-type": "application/json" };
      return ask(client, { method: "POST", path: KEYS_ROUTE, headers, body }, madeKeyMessage);
    },
    revokeKey: (_project, id) =>
      ask(client, { method: "DELETE", path: `${KEYS_ROUTE}/${encodeURIComponent(id)}` }, keyMessage),
  };
}

/**
 * @throws {ApiError} as the gateway refuses
 * @throws {StartError} when it answers what this version does not understand
 */
async function ask<Answer>(
  client: Client,
  request: Dispatcher.RequestOptions,
  answer: z.ZodType<Answer>,
): Promise<Answer> {
  const { statusCode, body } = await client.request(request);
  const said: unknown = await body.json();
  const refused = statusCode < 400 ? null : refusalMessage.safeParse(said).data?.errors[0];
  if (refused != null) throw new ApiError(refused.extensions.code, refused.message);
  const read = answer.safeParse(said);
  if (refused === undefined || !read.success) {
    throw new StartError("The gateway that runs is of another version than this `reelwire`: use the one it came with.");
  }
  return read.data;
}
