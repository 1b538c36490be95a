import { ApiError } from "./api-error.ts";
import { paths } from "./endpoints.ts";
import type { Generation, GenerationAnswer } from "./generation.ts";
import { toUsd } from "./price.ts";
import type { Upstream } from "./upstream.ts";

/** A generation as it is now. */
export function presentGeneration(upstream: Upstream, generation: Generation): GenerationAnswer {
  const { id, status, error, credits } = generation;
  const completed = status === "completed";
  return {
    id,
    status,
    video: completed ? { url: fileUrl(upstream, generation) } : null,
    error,
    meta: completed ? { usage: { credits_used: credits, usd_spent: toUsd(credits) } } : null,
  };
}

/** The generation a status request names. Throws 400 without an id, 404 for one that is not known. */
export function namedGeneration({ generations }: Upstream, id: unknown): Generation {
  if (typeof id !== "string" || id === "") {
    const received = id === undefined ? "undefined" : Array.isArray(id) ? "array" : "''";
    throw new ApiError(400, `Invalid query. generation_id: Expected string, received ${received}`);
  }
  const generation = generations.find(id);
  if (!generation) throw new ApiError(404, "Generation not found");
  return generation;
}

function fileUrl({ generations, publicUrl }: Upstream, generation: Generation): string {
  const expires = Math.floor(generations.fileExpiresAt(generation) / 1000);
  return `${publicUrl()}${paths.file}${generation.fileName}?Expires=${expires}`;
}
