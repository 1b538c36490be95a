import { GraphQLError } from "graphql";
import { z } from "zod";
import { builder } from "./builder.ts";

/** Not the year 0, which PostgreSQL does not have. */
const iso = z.iso.datetime({ offset: true }).refine((text) => !text.startsWith("0000"));

builder.scalarType("DateTime", {
  description:
    "A moment, as ISO 8601 with a time zone; answers are in UTC, to the millisecond: `2026-11-22T09:00:58.110Z`.",
  specifiedByURL: "https://scalars.graphql.org/andimarek/date-time.html",
  serialize: (value) => (value instanceof Date ? value : new Date(String(value))).toISOString(),
  parseValue(value) {
    if (iso.safeParse(value).success) return new Date(String(value));
    throw new GraphQLError("A DateTime is ISO 8601 with a time zone, such as 2026-11-22T09:00:58.110Z.");
  },
});
