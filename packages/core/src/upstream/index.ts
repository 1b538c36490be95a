export { createUpstreamClient, UPSTREAM_BASE_URL, type UpstreamClient, type UpstreamClientOptions } from "./client.ts";
export {
  UPSTREAM_ERROR_CODES,
  UpstreamError,
  type UpstreamErrorCode,
  type UpstreamFailure,
  type UpstreamOutcome,
} from "./error.ts";
export type { GenerationCharge } from "./ledger.ts";
export type { Submission } from "./submission-log.ts";
export {
  ASPECT_RATIO_ON_WIRE,
  type CreateBody,
  PERSON_GENERATION_ON_WIRE,
  RESOLUTION_ON_WIRE,
  toCreateBody,
  toGeneration,
} from "./wire.ts";
export type { CataloguePrice } from "./wire-pricing.ts";
