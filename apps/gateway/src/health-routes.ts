import type { Engine } from "@reelwire/engine";
import type { FastifyInstance } from "fastify";

/** What readiness is judged by. */
export interface HealthOptions {
  health: Engine["health"];
  isStopping: () => boolean;
}

/** What somebody can do about it. */
const ADVICE: Readonly<Record<string, string>> = {
  KEY_REJECTED: "The upstream refuses the key. Set a valid AIMLAPI_API_KEY and start the gateway again.",
  FORBIDDEN: "The upstream refuses for lack of credits or permission. Top up the account, or ask for access.",
};

/**
 * `/healthz`: the process is alive. `/readyz`: it can make videos: 200, or 503 with what is wrong, as JSON without secrets.
 */
export function registerHealthRoutes(app: FastifyInstance, { health, isStopping }: HealthOptions): void {
  app.get("/healthz", async (_request, reply) => reply.header("cache-control", "no-store").send({ status: "ok" }));

  app.get("/readyz", async (_request, reply) => {
    const { database, upstream, active, unfinished } = await health();
    const problems = [
      ...(isStopping() ? ["The gateway is stopping."] : []),
      ...(database === "ok" ? [] : ["The database cannot be read."]),
      ...(upstream.usable ? [] : [ADVICE[upstream.code ?? ""] ?? `The upstream refuses: ${upstream.code}.`]),
    ];
    return reply
      .code(problems.length === 0 ? 200 : 503)
      .header("cache-control", "no-store")
      .send({
        ready: problems.length === 0,
        problems,
        database,
        upstream,
        videos: { active, unfinished },
      });
  });
}
