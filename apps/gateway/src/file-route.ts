import { type Engine, parseByteRange, type VideoFile } from "@reelwire/engine";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

interface FileRequest {
  Params: { key: string };
  Querystring: { signature?: string; download?: string };
}

/** A year: what is under an address never changes. Private, because the address is as good as the file. */
const CACHE_CONTROL = "private, max-age=31536000, immutable";

const FILE_HEADERS = ["etag", "last-modified", "accept-ranges", "content-type", "content-disposition"];

/**
 * `/files/:key?signature=…`: a video's file, for whoever has its address. `Range` with `If-Range`, `If-None-Match` and
 * `If-Modified-Since` hold as RFC 9110 has them. `?download=1` has browsers save it. Where the files are in a bucket, GET
 * redirects there, each time to another address, and HEAD and what needs no bytes is answered here.
 */
export function registerFileRoute(app: FastifyInstance, openFile: Engine["openFile"]): void {
  app.route<FileRequest>({
    method: ["GET", "HEAD"],
    url: "/files/:key",
    async handler(request, reply) {
      const { key } = request.params;
      const { signature = "" } = request.query;
      const download = isYes(request.query.download);
      const file = await openFile(key, String(signature));
      const etag = `"${file.size.toString(36)}-${Math.trunc(file.modifiedAt.getTime()).toString(36)}"`;
      const lastModified = file.modifiedAt.toUTCString();
      reply
        .header("etag", etag)
        .header("last-modified", lastModified)
        .header("cache-control", CACHE_CONTROL)
        .header("accept-ranges", "bytes")
        .header("x-content-type-options", "nosniff");
      if (isUnchanged(request, etag, file.modifiedAt)) return reply.code(304).send();
      reply
        .header("content-type", file.contentType)
        .header("content-disposition", `${download ? "attachment" : "inline"}; filename="${key}"`);
      if (request.method === "HEAD") return reply.header("content-length", file.size).send();
      return sendFile(file, { rangeHeader: rangeOf(request, etag, lastModified), download }, reply);
    },
  });
}

interface Wanted {
  rangeHeader: string | undefined;
  download: boolean;
}

async function sendFile(file: VideoFile, wanted: Wanted, reply: FastifyReply): Promise<unknown> {
  const range = parseByteRange(wanted.rangeHeader, file.size);
  if (range === "unsatisfiable") {
    return reply.code(416).header("content-range", `bytes */${file.size}`).removeHeader("content-type").send();
  }
  const opened = await file.open(range ?? undefined, { download: wanted.download });
  // Deleted between the look and the opening.
  if (opened === null) return reply.callNotFound();
  if (opened.kind === "redirect") {
    // Of the file, and not of the redirect.
    for (const name of FILE_HEADERS) reply.removeHeader(name);
    return reply.header("cache-control", "no-store").redirect(opened.url, 302);
  }
  const { stream, start, end, size } = opened;
  if (range !== null) reply.code(206).header("content-range", `bytes ${start}-${end}/${size}`);
  return reply.header("content-length", end - start + 1).send(stream);
}

function isUnchanged({ headers }: FastifyRequest, etag: string, modifiedAt: Date): boolean {
  const known = headers["if-none-match"];
  if (known !== undefined) {
    return known.split(",").some((tag) => ["*", etag].includes(tag.trim().replace(/^W\//, "")));
  }
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return Math.trunc(modifiedAt.getTime() / 1000) * 1000 <= since;
}

/** The `Range` header, unless `If-Range` says that it is of another file. */
function rangeOf({ headers }: FastifyRequest, etag: string, lastModified: string): string | undefined {
  const condition = headers["if-range"];
  return condition === undefined || condition === etag || condition === lastModified ? headers.range : undefined;
}

function isYes(value: string | undefined): boolean {
  return value !== undefined && value !== "0" && value !== "false";
}
