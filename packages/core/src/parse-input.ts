import type { z } from "zod";
import { ApiError } from "./api-error.ts";

/**
 * What a schema makes of a caller's input.
 *
 * @throws {ApiError} `BAD_INPUT` with every problem at once, each with its path
 */
export function parseInput<Output>(schema: z.ZodType<Output>, input: unknown): Output {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw ApiError.badInput(
    parsed.error.issues.map(({ path, message }) => ({
      path: path.map((part) => (typeof part === "number" ? part : String(part))),
      message,
    })),
  );
}
