import { z } from "zod";

const iso = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?<offset>Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A date alone is read as UTC by the language itself. */
const dateLength = "2026-07-01".length;

/** An ISO-8601 moment as milliseconds since the epoch; without an offset it is read as UTC. */
export const momentInUtc = z.string().transform((text, context) => {
  const match = iso.exec(text);
  const { offset } = match?.groups ?? {};
  const ms = match ? Date.parse(offset || text.length === dateLength ? text : `${text}Z`) : Number.NaN;
  return Number.isNaN(ms) ? refuse(context, "Expected an ISO-8601 date-time") : ms;
});

/** An ISO-8601 moment, with its offset, as milliseconds since the epoch. */
export const momentWithOffset = z.string().transform((text, context) => {
  const { offset } = iso.exec(text)?.groups ?? {};
  const ms = offset ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? refuse(context, "Expected an ISO-8601 date-time with an offset") : ms;
});

/** A whole number in a query string, between two bounds. */
export function wholeNumber(min: number, max: number) {
  const message = `Expected an integer ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}`;
  return z.string(message).transform((text, context) => {
    const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    return number >= min && number <= max ? number : refuse(context, message);
  });
}

/** A query parameter that may be repeated. */
export function repeated<T>(item: z.ZodType<T, string>, most: number) {
  return z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((value) => [value ?? []].flat())
    .pipe(z.array(item).max(most, `Expected at most ${most} values`));
}

function refuse(context: z.core.$RefinementCtx, message: string): never {
  context.issues.push({ code: "custom", message, input: context.value });
  return z.NEVER;
}
