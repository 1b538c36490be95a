import { findVideoDocument } from "@reelwire/core/operations";
import type { Caller, StoredVideo } from "@reelwire/engine";
import { execute, parse } from "graphql";
import type { ContextFor } from "./context.ts";
import { schema } from "./schema.ts";

const document = parse(String(findVideoDocument));

/**
 * What `video(id)` answers about a video, to who sees its whole project and asks as the client does: what receivers of webhooks and
 * callbacks are told.
 */
export async function describeVideo(video: StoredVideo, contextFor: ContextFor): Promise<Record<string, unknown>> {
  const viewer = { project: video.owner.project, subject: null, keyId: null };
  const caller: Caller = { viewer, scopes: new Set(["videos:read"]), by: "open", expiresAt: null };
  const context = contextFor(caller);
  const { data, errors } = await execute({
    schema,
    document,
    variableValues: { id: video.id },
    contextValue: {
      ...context,
      // Nobody asks whose rights could have ended.
      access: { ...context.access, assertCurrent() {} },
      engine: { ...context.engine, video: async () => video },
    },
  });
  const [error] = errors ?? [];
  if (error !== undefined) throw error.originalError ?? error;
  const { video: described } = data ?? {};
  if (!isObject(described)) throw new TypeError(`Nothing is answered about ${video.id}.`);
  return described;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
