import { ApiError, budgetFields } from "@reelwire/core";
import type { Budget } from "@reelwire/engine";
import { builder } from "./builder.ts";
import type { GraphqlContext } from "./context.ts";
import { BudgetKind, BudgetPeriod } from "./enums.ts";

const BudgetType = builder.objectRef<Budget>("Budget").implement({
  description: "The most that may be spent in a day or a month, and how much of it is.",
  fields: (t) => ({
    id: t.exposeID("id", { description: budgetFields.id.description }),
    kind: t.expose("kind", { type: BudgetKind, description: budgetFields.kind.description }),
    target: t.exposeString("target", { nullable: true, description: budgetFields.target.description }),
    period: t.expose("period", { type: BudgetPeriod, description: budgetFields.period.description }),
    limitUsd: t.exposeFloat("limitUsd", { description: budgetFields.limitUsd.description }),
    usedUsd: t.exposeFloat("usedUsd", { nullable: true, description: budgetFields.usedUsd.description }),
    renewsAt: t.expose("renewsAt", { type: "DateTime", description: budgetFields.renewsAt.description }),
  }),
});

builder.queryField("budgets", (t) =>
  t.field({
    type: [BudgetType],
    authScopes: { scope: "admin" },
    description: "The budgets of the project, with what is used of them.",
    complexity: { field: 20, multiplier: 50 },
    resolve: (_root, _args, { engine, viewer }) => engine.budgets(viewer.project),
  }),
);

const SetBudgetInput = builder.inputType("SetBudgetInput", {
  description: "A budget to be made, or to take the place of the one of the same kind, target and period.",
  fields: (t) => ({
    kind: t.field({ type: BudgetKind, required: true, description: budgetFields.kind.description }),
    target: t.string({ description: budgetFields.target.description }),
    period: t.field({ type: BudgetPeriod, required: true, description: budgetFields.period.description }),
    limitUsd: t.float({ required: true, description: budgetFields.limitUsd.description }),
  }),
});

const SetBudgetPayload = builder.objectRef<{ budget: Budget }>("SetBudgetPayload").implement({
  description: "The budget that holds now.",
  fields: (t) => ({ budget: t.expose("budget", { type: BudgetType, description: "As it is now." }) }),
});

builder.mutationField("setBudget", (t) =>
  t.field({
    type: SetBudgetPayload,
    authScopes: { scope: "admin" },
    description:
      "Limits what may be spent. What was spent in the current period before counts. A video that would pass a limit is refused with `BUDGET_EXCEEDED`; those accepted already are carried on. Errors: `BAD_INPUT`.",
    args: { input: t.arg({ type: SetBudgetInput, required: true, description: "The limit, and of what." }) },
    async resolve(_root, { input: { target, ...limit } }, { access, engine, viewer }) {
      if (limit.kind === "KEY" && target != null && !(await isKeyOf(access, viewer.project, target))) {
        throw ApiError.badInput([{ path: ["target"], message: "The project has no key of this id: see `apiKeys`." }]);
      }
      return { budget: await engine.setBudget(viewer.project, { ...limit, target: target ?? null }) };
    },
  }),
);

async function isKeyOf(access: GraphqlContext["access"], project: string, id: string): Promise<boolean> {
  return (await access.keys(project)).some((key) => key.id === id);
}

const RemoveBudgetPayload = builder.objectRef<{ budget: Budget }>("RemoveBudgetPayload").implement({
  description: "The budget that no longer holds.",
  fields: (t) => ({ budget: t.expose("budget", { type: BudgetType, description: "As it was last." }) }),
});

builder.mutationField("removeBudget", (t) =>
  t.field({
    type: RemoveBudgetPayload,
    authScopes: { scope: "admin" },
    description: "Ends a budget of the project. Errors: `NOT_FOUND`.",
    args: { id: t.arg.id({ required: true, description: budgetFields.id.description }) },
    resolve: async (_root, { id }, { engine, viewer }) => ({ budget: await engine.removeBudget(viewer.project, id) }),
  }),
);
