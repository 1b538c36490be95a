import { readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import { ApiError } from "@reelwire/core";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Page, pageHeaders } from "./page-headers.ts";
import { systemReason } from "./system-reason.ts";

/** Where the built pages are. */
export type PageDirectories = Readonly<Record<Page, string>>;

export interface PageOptions {
  /** Where files come from besides the page's own origin. */
  mediaOrigins: () => readonly string[];
  /** Default: those of the packages. */
  directories?: PageDirectories;
}

type PageRequest = { Params: { "*": string } };

const BUILT: PageDirectories = {
  studio: dirname(fileURLToPath(import.meta.resolve("@reelwire/studio/index.html"))),
  graphiql: dirname(fileURLToPath(import.meta.resolve("@reelwire/graphiql/index.html"))),
};

const NAMES: Readonly<Record<Page, string>> = { studio: "The studio", graphiql: "GraphiQL" };

const INDEX = "index.html";

/** What is in here has a hash of its content in its name. */
const HASHED = /^assets\//;

const FOR_GOOD = { cacheControl: true, maxAge: "1y", immutable: true };

/**
 * `/`: the studio, also at every other path that a browser goes to and that is nothing else, since the studio has paths of its own;
 * `/graphiql/`: GraphiQL. Nothing is answered but the files that were there at the start, compressed where the build has left them so.
 */
export async function registerPages(app: FastifyInstance, options: PageOptions): Promise<void> {
  const { mediaOrigins, directories = BUILT } = options;
  const files = { studio: await filesIn(directories.studio), graphiql: await filesIn(directories.graphiql) };
  const missing = (["studio", "graphiql"] as const).filter((page) => !files[page].has(INDEX));
  for (const page of missing) app.log.warn(notBuilt(page));

  await app.register(fastifyStatic, {
    serve: false,
    preCompressed: true,
    cacheControl: false,
  });

  function send(page: Page, file: string, request: FastifyRequest, reply: FastifyReply) {
    if (file === INDEX && missing.includes(page)) throw new ApiError("NOT_FOUND", notBuilt(page));
    if (!files[page].has(file)) return reply.callNotFound();
    reply.headers(pageHeaders(page, { host: request.headers.host, media: mediaOrigins() }));
    if (HASHED.test(file)) return reply.sendFile(file, directories[page], FOR_GOOD);
    return reply.header("cache-control", "no-cache").sendFile(file, directories[page]);
  }

  app.get<PageRequest>("/*", (request, reply) => {
    const path = request.params["*"];
    const file = path === "" || (isNavigation(request) && !files.studio.has(path)) ? INDEX : path;
    return send("studio", file, request, reply);
  });
  // Its files are named from where it is, which must be a directory then; a proxy may have put that anywhere.
  app.get("/graphiql", (_request, reply) => reply.redirect("graphiql/", 308));
  app.get<PageRequest>("/graphiql/*", (request, reply) =>
    send("graphiql", request.params["*"] || INDEX, request, reply),
  );
}

/** Whether a browser wants to show it as a page. */
function isNavigation({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes("text/html") ?? false;
}

function notBuilt(page: Page): string {
  return `${NAMES[page]} was not built: run "npx -y pnpm@12 build", and start the gateway again.`;
}

/** The files in a directory, by their paths in it; none where there is no directory. */
async function filesIn(directory: string): Promise<ReadonlySet<string>> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return new Set(
      entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => relative(directory, join(parentPath, name))),
    );
  } catch (error) {
    if (systemReason(error)?.code === "ENOENT") return new Set();
    throw error;
  }
}
