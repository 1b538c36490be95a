import { z } from "zod";
import { isApiKeyId } from "./api-key-id.ts";
import { BUDGET_KINDS, BUDGET_PERIODS } from "./budget.ts";
import { parseInput } from "./parse-input.ts";
import { isStorableText } from "./storable-text.ts";

/** The most that a budget may be, in US dollars: more is an accident. */
const MOST_USD = 1_000_000;
/** The least that is told from nothing: amounts are kept in millionths. */
const LEAST_USD = 0.000_001;
const LIMIT_EXPECTED = "The limit must be US dollars: a number from 0 to 1,000,000.";

const newBudgetSchema = z
  .strictObject({
    kind: z.enum(BUDGET_KINDS, { error: `Choose ${BUDGET_KINDS.join(", ")}.` }),
    target: z
      .string({ error: "The target must be the id of a key, a subject, or null." })
      .min(1, { error: "The target must not be empty; for each key or subject by itself, leave it out." })
      .max(255, { error: "The target must be at most 255 characters." })
      .refine(isStorableText, { error: "The target must not contain U+0000 or half of a surrogate pair." })
      .nullable(),
    period: z.enum(BUDGET_PERIODS, { error: `Choose ${BUDGET_PERIODS.join(" or ")}.` }),
    limitUsd: z
      .number({ error: LIMIT_EXPECTED })
      .min(0, { error: LIMIT_EXPECTED })
      .max(MOST_USD, { error: LIMIT_EXPECTED })
      .refine((usd) => usd <= 0 || usd >= LEAST_USD, { error: "The limit must be 0, or at least a millionth." }),
  })
  .superRefine(({ kind, target }, context) => {
    if (target === null) return;
    if (kind === "PROJECT") {
      context.addIssue({ code: "custom", path: ["target"], message: "A budget of the whole project has no target." });
    } else if (kind === "KEY" && !isApiKeyId(target)) {
      context.addIssue({
        code: "custom",
        path: ["target"],
        message: "A key is named by its id: key_ and 26 characters.",
      });
    }
  });

/** What a budget is made of, checked. */
export type CheckedBudget = z.output<typeof newBudgetSchema>;

/**
 * Checks what a budget is to be made of.
 *
 * @throws {ApiError} `BAD_INPUT` with every problem at once, each with its path
 */
export function parseNewBudget(input: unknown): CheckedBudget {
  return parseInput(newBudgetSchema, input);
}
