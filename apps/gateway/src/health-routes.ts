import type { EngineHealth } from "@reelwire/engine";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** Where the gateway is in its life. */
export type Phase = "starting" | "ready" | "stopping";

/** What readiness is judged by. */
export interface HealthOptions {
  /** `null`: there is no engine yet. */
  health: () => Promise<EngineHealth | null>;
  phase: () => Phase;
  /** Whether a request is told more than whether it is ready. @throws {ApiError} `UNAUTHENTICATED` */
  isTrusted: (request: FastifyRequest) => Promise<boolean>;
  /** Whether there is nobody from whom it is kept how many videos there are, in all projects. */
  tellsCounts: () => boolean;
}

/** What somebody can do about it. */
const ADVICE: Readonly<Record<string, string>> = {
  UNREACHABLE: "The upstream cannot be reached. Videos are accepted, and sent when it can.",
  KEY_REJECTED: "The upstream refuses the key. Set a valid AIMLAPI_API_KEY and start the gateway again.",
  FORBIDDEN: "The upstream refuses for lack of credits or permission. Top up the account, or ask for access.",
};

const NOBODY_CARRIES =
  "No node carries videos. They are accepted, and wait for one: start it with REELWIRE_ROLE=worker, or both.";

/**
 * `/healthz`: the process is alive. `/readyz`: it takes videos: 200, or 503 with what is wrong, as JSON without secrets. Counts
 * and reasons are for those who are trusted.
 */
export function registerHealthRoutes(
  app: FastifyInstance,
  { health, phase, isTrusted, tellsCounts }: HealthOptions,
): void {
  app.get("/healthz", async (_request, reply) => reply.header("cache-control", "no-store").send({ status: "ok" }));

  app.get("/readyz", async (request, reply) => {
    const trusted = await isTrusted(request);
    const now = phase();
    const found = await health();
    const problems = [
      ...(now === "ready" ? [] : [`The gateway is ${now}.`]),
      ...(found === null || found.database === "ok" ? [] : ["The database cannot be read."]),
      ...(found === null || found.upstream.usable ? [] : [adviceOn(found.upstream.code)]),
    ];
    reply.code(problems.length === 0 ? 200 : 503).header("cache-control", "no-store");
    if (!trusted) return reply.send({ ready: problems.length === 0 });
    // Nothing is refused for these, so that they do not make it unready.
    const notes = [
      ...(found?.upstream.usable === true && found.upstream.code !== null ? [adviceOn(found.upstream.code)] : []),
      ...(found?.database === "ok" && found.nodes.carrying === 0 ? [NOBODY_CARRIES] : []),
    ];
    const { database = null, upstream = null, active = 0, unfinished = {}, nodes = null } = found ?? {};
    return reply.send({
      ready: problems.length === 0,
      problems,
      notes,
      database,
      upstream,
      nodes,
      ...(tellsCounts() ? { videos: { active, unfinished } } : {}),
    });
  });
}

function adviceOn(code: string | null): string {
  return (
    ADVICE[code ?? ""] ??
    `The upstream does not answer as it should: ${code}. Videos are accepted, and carried on when it does.`
  );
}
