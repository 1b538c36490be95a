import type { z } from "zod";
import { ApiError } from "./api-error.ts";

/** What the schema makes of the value; a 400 with one hint for each thing that is wrong with it otherwise. */
export function parseOrRefuse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const hints = result.error.issues.map((issue) => `${issue.path.join(".") || "body"}: ${hint(issue)}`);
  throw new ApiError(400, `Invalid payload provided. ${hints.join("; ")}`);
}

function hint(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `Expected ${issue.expected}, received ${describe(issue.input)}`;
  if (issue.code === "invalid_value") {
    return `Expected ${issue.values.map(quote).join(" | ")}, received ${describeValue(issue.input)}`;
  }
  // The schemas' own messages are written as "Expected …".
  return `${issue.message}, received ${describeValue(issue.input)}`;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isNaN(value) ? "nan" : typeof value;
}

function describeValue(value: unknown): string {
  if (typeof value === "string") return quote(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : describe(value);
}

function quote(value: unknown): string {
  return typeof value === "string" ? `'${value}'` : String(value);
}
