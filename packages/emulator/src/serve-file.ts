import { createHash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";
import { type Call, nameGeneration } from "./call.ts";
import { paths } from "./endpoints.ts";
import type { ActiveFault } from "./faults.ts";
import { readRange } from "./file-range.ts";
import { claimFaults, meetFaults } from "./meet-faults.ts";
import type { Upstream } from "./upstream.ts";

const notAnMp4 = Buffer.from("<!doctype html><title>Sign in</title><p>Please sign in to this network.</p>");

/**
 * A finished generation's file: waits until it is rendered, answers `Range` and HEAD. Throws 404, or 403 once the URL has
 * expired.
 */
export async function serveFile(
  upstream: Upstream,
  call: Call,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = request.url.split("?", 1)[0] ?? "";
  const found = upstream.generations.findFile(path.slice(paths.file.length));
  if (found) nameGeneration(call, found.generation, reply);
  await meetFaults(upstream, call, "before");
  if (!found) throw new ApiError(404, "Not found");
  if (upstream.clock.now() >= upstream.generations.fileExpiresAt(found.generation)) {
    throw new ApiError(403, "Request has expired");
  }
  // A HEAD has nothing that could break off; the fault waits for a GET.
  const concerned = request.method === "HEAD" ? isNoBreak : () => true;
  const [fault] = claimFaults(upstream, call, "file", concerned);
  const file = fault?.fault === "not-an-mp4" ? notAnMp4 : await found.clip();
  const etag = `"${createHash("sha256").update(file).digest("base64url").slice(0, 27)}"`;
  reply.headers({
    "content-type": "video/mp4",
    "accept-ranges": "bytes",
    "cache-control": "public, max-age=3600",
    etag,
    "last-modified": new Date(found.generation.finishesAt ?? 0).toUTCString(),
  });
  const range = readRange(file.byteLength, etag, request.headers.range, header(request, "if-range"));
  if (range === "unsatisfiable") {
    throw new ApiError(416, "Range not satisfiable", { "content-range": `bytes */${file.byteLength}` });
  }
  const { start, end } = range === "whole" ? { start: 0, end: file.byteLength - 1 } : range;
  const part = file.subarray(start, end + 1);
  if (range !== "whole") {
    reply.code(206).header("content-range", `bytes ${start}-${end}/${file.byteLength}`);
  }
  reply.header("content-length", part.byteLength);
  if (fault?.fault === "broken-off-file") return breakOff(upstream, call, reply, part, fault.value);
  return reply.send(request.method === "HEAD" ? null : Buffer.from(part.buffer, part.byteOffset, part.byteLength));
}

const isNoBreak = ({ fault }: ActiveFault) => fault !== "broken-off-file";

/** Promises all of it, sends some of it, and cuts the connection. */
function breakOff(
  upstream: Upstream,
  call: Call,
  reply: FastifyReply,
  part: Uint8Array,
  bytes: string | undefined,
): FastifyReply {
  const { statusCode, raw } = reply;
  const headers = reply.getHeaders();
  reply.hijack();
  raw.writeHead(statusCode, Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value ?? ""])));
  const sent = Math.min(part.byteLength - 1, Number(bytes ?? Math.floor(part.byteLength / 2)));
  raw.write(part.subarray(0, sent), () => raw.destroy());
  upstream.requests.answered(call.recorded, statusCode, upstream.clock.now());
  return reply;
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}
