import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { connect } from "node:net";
import { dirname } from "node:path";
import { ApiError } from "@reelwire/core";
import type { ApiKey, KeyAdministration, Logger } from "@reelwire/engine";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { z } from "zod";
import {
  ALIVE_ROUTE,
  controlSocketPath,
  KEYS_ROUTE,
  keyMessage,
  keysMessage,
  MAX_SOCKET_PATH_BYTES,
  madeKeyMessage,
  newKeyMessage,
} from "./control-messages.ts";
import { registerErrors } from "./http-error.ts";
import { systemReason } from "./system-reason.ts";

/** What the control socket is made of. */
export interface ControlSocketOptions {
  /** Where it is made. */
  dataDir: string;
  access: KeyAdministration;
  log: Logger & FastifyBaseLogger;
}

/**
 * Listens to the operator's `reelwire keys` on a socket in the data directory that only the user who runs the gateway can
 * use. A gateway that cannot make it runs all the same, and says so in its log: keys can be made over GraphQL.
 *
 * @returns what ends it
 */
export async function startControlSocket({ dataDir, access, log }: ControlSocketOptions): Promise<() => Promise<void>> {
  const path = controlSocketPath(dataDir);
  if (path === null) {
    log.warn(
      { dataDir, maxBytes: MAX_SOCKET_PATH_BYTES },
      "the data directory's path is too long for a socket in it: `reelwire keys` cannot reach this gateway",
    );
    return async () => {};
  }
  const app = createControlApp(access, log);
  try {
    await app.ready();
    await mkdir(dirname(path), { recursive: true });
    if (!(await listenAlone(app.server, path))) log.info({ path }, "another gateway listens to the operator there");
  } catch (error) {
    log.warn({ err: error, path }, "there is no control socket: `reelwire keys` cannot reach this gateway");
  }
  return () => app.close();
}

function createControlApp(access: KeyAdministration, log: ControlSocketOptions["log"]): FastifyInstance {
  const app: FastifyInstance = Fastify({
    loggerInstance: log,
    logController: new LogController({ requestIdLogLabel: "requestId" }),
    genReqId: () => randomUUID(),
  });
  registerErrors(app);

  app.get(ALIVE_ROUTE, async () => ({ name: "Reelwire" }));
  app.get<{ Querystring: { project?: string } }>(KEYS_ROUTE, async ({ query }) =>
    z.encode(keysMessage, (await access.keys(query.project ?? null)).map(asMessage)),
  );
  app.post(KEYS_ROUTE, async ({ body }) => {
    const asked = z.safeDecode(newKeyMessage, body as z.input<typeof newKeyMessage>);
    if (!asked.success) {
      throw ApiError.badInput([{ path: [], message: "The gateway is of another version than this `reelwire`." }]);
    }
    const { key, secret } = await access.createKey({ ...asked.data, createdBy: null });
    return z.encode(madeKeyMessage, { key: asMessage(key), secret });
  });
  app.delete<{ Params: { id: string } }>(`${KEYS_ROUTE}/:id`, async ({ params }) =>
    z.encode(keyMessage, asMessage(await access.revokeKey(null, params.id))),
  );
  return app;
}

const asMessage = (key: ApiKey) => ({ ...key, scopes: [...key.scopes] });

/**
 * Listens at a path, where a process that ended without tidying up may have left its socket.
 *
 * @returns whether it does: nodes of one PostgreSQL may share a data directory, and the first of them is as good as any
 */
async function listenAlone(server: Server, path: string): Promise<boolean> {
  try {
    await listen(server, path);
  } catch (error) {
    if (systemReason(error)?.code !== "EADDRINUSE") throw error;
    if (await isAnswered(path)) return false;
    await rm(path, { force: true });
    await listen(server, path);
  }
  return true;
}

async function listen(server: Server, path: string): Promise<void> {
  // The socket is made within the call, so that it is nobody else's for not even a moment.
  const umask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
  await once(server, "listening");
}

/** Whether somebody listens at this path. */
async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
