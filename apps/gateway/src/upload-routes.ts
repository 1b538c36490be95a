import { Readable } from "node:stream";
import { MAX_IMAGE_BYTES } from "@reelwire/core";
import { type Caller, type Engine, tooLarge } from "@reelwire/engine";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { assertMay } from "./graphql/authorization.ts";
import type { ContextFor } from "./graphql/context.ts";
import { RefusedRequest } from "./http-error.ts";
import type { BodyTurns } from "./large-bodies.ts";

/** Where images are sent to. */
export const UPLOADS = "/uploads";

/** What serving uploads needs. */
export interface UploadRouteOptions {
  engine: () => Pick<Engine, "upload" | "openUpload">;
  contextFor: ContextFor;
  /** Has every body wait for its turn. */
  takeTurns: BodyTurns["ofAll"];
}

/** As long as an image is there in any case: a day. Private, because the address is as good as the image. */
const CACHE_CONTROL = "private, max-age=86400, immutable";

const callerOf = (request: FastifyRequest) => request.getDecorator<Caller>("caller");

/**
 * `POST /uploads`, whose body is an image of whatever type it is said to be, for who may make videos; and `/uploads/:id?signature=…`,
 * which shows it to whoever has its address. Where files are in a bucket, GET redirects there.
 */
export function registerUploadRoutes(
  app: FastifyInstance,
  { engine, contextFor, takeTurns }: UploadRouteOptions,
): void {
  // In a place of its own, since other routes have their bodies parsed.
  app.register(async (uploads) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    uploads.route({
      method: "POST",
      url: UPLOADS,
      // Before it waits for its turn.
      async onRequest(request, reply) {
        assertMay(callerOf(request), "videos:create");
        if (Number(request.headers["content-length"] ?? 0) <= MAX_IMAGE_BYTES) return;
        reply.header("connection", "close");
        throw tooLarge();
      },
      preParsing: takeTurns,
      async handler(request, reply) {
        const { viewer, publicUrl } = contextFor(callerOf(request));
        // Where it fails, the rest of the body is not read.
        reply.header("connection", "close");
        const { id: _, path, ...upload } = await engine().upload(viewer, arriving(request.body));
        const url = `${publicUrl}/${path}`;
        return reply
          .removeHeader("connection")
          .code(201)
          .header("location", url)
          .send({ url, ...upload });
      },
    });
  });

  app.route<{ Params: { id: string }; Querystring: { signature?: string } }>({
    method: ["GET", "HEAD"],
    url: `${UPLOADS}/:id`,
    async handler({ method, params, query }, reply) {
      const { contentType, bytes, open } = await engine().openUpload(params.id, String(query.signature ?? ""));
      const opened = method === "HEAD" ? null : await open();
      if (opened?.kind === "redirect") return reply.header("cache-control", "no-store").redirect(opened.url, 302);
      if (opened === null && method !== "HEAD") return reply.callNotFound();
      return reply
        .headers({
          "content-type": contentType,
          "content-length": bytes,
          "content-disposition": "inline",
          "content-security-policy": "default-src 'none'",
          "x-content-type-options": "nosniff",
          "cache-control": CACHE_CONTROL,
        })
        .send(opened?.stream);
    },
  });
}

/** The body of a request as it arrives. One that breaks off is nobody's fault here. */
async function* arriving(body: unknown): AsyncGenerator<Uint8Array> {
  if (!(body instanceof Readable)) return;
  try {
    yield* body;
  } catch (error) {
    throw error instanceof RefusedRequest ? error : new RefusedRequest(400);
  }
}
