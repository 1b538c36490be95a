import { z } from "zod";
import { canonicalModel } from "./create-body.ts";
import { paths } from "./endpoints.ts";
import { repeated } from "./moments.ts";
import type { Upstream } from "./upstream.ts";
import { parseOrRefuse } from "./validation.ts";

const windowSeconds = 300;

const querySchema = z.strictObject({ aliases: repeated(z.string(), 100) }, { error: "Expected only aliases" });

/** `GET /models/metrics`: how long the generations took that completed in the last five minutes. Throws 400. */
export function modelMetrics({ clock, generations }: Upstream, query: unknown) {
  const { aliases } = parseOrRefuse(querySchema, query);
  const now = clock.now();
  const durations = generations.accepted
    .filter(({ status, finishesAt }) => status === "completed" && (finishesAt ?? 0) > now - windowSeconds * 1000)
    .map(({ acceptedAt, finishesAt }) => (finishesAt ?? acceptedAt) - acceptedAt)
    .sort((a, b) => a - b);
  const asked = aliases.length === 0 || aliases.includes(canonicalModel);
  const measured = { alias: canonicalModel, endpoint: paths.create, metrics: { duration_ms: percentiles(durations) } };
  return {
    window_seconds: windowSeconds,
    generated_at: new Date(now).toISOString(),
    models: asked && durations.length > 0 ? [measured] : [],
  };
}

function percentiles(sorted: readonly number[]) {
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50: at(0.5), p75: at(0.75), p90: at(0.9), p99: at(0.99) };
}
