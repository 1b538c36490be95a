import { newApiKeyId, newBudgetId } from "@reelwire/core";
import { expect } from "vitest";
import {
  administrators,
  codeOf,
  type Isolation,
  likeNothing,
  nameOf,
  otherThan,
  readers,
  refusedWithout,
} from "./expectations.ts";
import { CREATE, mark, may, type Somebody, SUBJECTS, sees, type TwoProjects } from "./two-projects.ts";

const BUDGETS = "{ budgets { id kind target limitUsd usedUsd } }";
const SET_BUDGET = /* GraphQL */ `
  mutation ($input: SetBudgetInput!) { setBudget(input: $input) { budget { id target limitUsd usedUsd } } }
`;
const REMOVE_BUDGET = "mutation ($id: ID!) { removeBudget(id: $id) { budget { id target } } }";
const USAGE = /* GraphQL */ `
  query ($from: DateTime!, $to: DateTime!, $groupBy: [UsageGroup!]!) {
    usage(from: $from, to: $to, groupBy: $groupBy) { videos subject keyId spentUsd heldUsd }
  }
`;
const DAY_MS = 86_400_000;
const range = () => ({ from: new Date(Date.now() - DAY_MS), to: new Date(Date.now() + DAY_MS) });

interface SeenBudget {
  id: string;
  target: string | null;
  usedUsd: number | null;
}

async function setBudget(world: TwoProjects, who: Somebody, input: object): Promise<SeenBudget> {
  const { data, errors } = await world.ask(who, SET_BUDGET, { input });
  expect(errors).toBeUndefined();
  return data.setBudget.budget;
}

async function budgetsOf(world: TwoProjects, who: Somebody): Promise<SeenBudget[]> {
  return (await world.ask(who, BUDGETS)).data.budgets;
}

async function removeBudgets(world: TwoProjects, who: Somebody): Promise<void> {
  for (const { id } of await budgetsOf(world, who)) await world.ask(who, REMOVE_BUDGET, { id });
}

/** The fields that are of money. */
export const spendingFields: Record<string, Isolation> = {
  async "Query.quoteVideo"(world) {
    const query = "query ($input: CreateVideoInput!) { quoteVideo(input: $input) { usd basis { kind price asOf } } }";
    const input = { prompt: "a boat", idempotencyKey: "key same", externalId: "id same" };
    const ofVideos = (who: Somebody) => may(who, "videos:create") || may(who, "videos:read");
    const ask = (who: Somebody) => world.ask(who, query, { input });
    const [first, ...others] = await Promise.all(world.everybody.filter(ofVideos).map(ask));
    expect(first?.data.quoteVideo.usd).toBeGreaterThan(0);
    for (const answer of others) expect(answer).toEqual(first);
    const refused = await Promise.all(world.everybody.filter((who) => !ofVideos(who)).map(ask));
    expect(refused.map(codeOf)).toEqual(["FORBIDDEN", "FORBIDDEN"]);
  },

  async "Query.usage"(world) {
    await refusedWithout("videos:read", world, USAGE, { ...range(), groupBy: [] });
    for (const who of readers(world)) {
      const usage = async (...groupBy: string[]) => (await world.ask(who, USAGE, { ...range(), groupBy })).data.usage;
      const own = world.videos.filter((video) => sees(who, video));
      expect(await usage(), nameOf(who)).toMatchObject([{ videos: own.length, subject: null, keyId: null }]);
      const groups = SUBJECTS.map((subject) => ({
        subject,
        videos: own.filter((video) => video.subject === subject).length,
      })).filter(({ videos }) => videos > 0);
      const counted = await usage("SUBJECT");
      expect(counted, nameOf(who)).toHaveLength(groups.length);
      for (const group of groups) expect(counted).toContainEqual(expect.objectContaining(group));
      const keyIds = (await world.control.keys(who.project)).map(({ id }) => id);
      for (const { keyId } of await usage("KEY")) expect(keyIds).toContain(keyId);
    }
  },

  async "Query.budgets"(world) {
    await refusedWithout("admin", world, BUDGETS);
    for (const who of administrators(world)) {
      expect(await budgetsOf(world, who)).toEqual([]);
      const whole = await setBudget(world, who, { kind: "PROJECT", period: "MONTH", limitUsd: 1_000 });
      const target = mark(who.project, "ada");
      const one = await setBudget(world, who, { kind: "SUBJECT", target, period: "DAY", limitUsd: 1 });
      expect((await budgetsOf(world, who)).map(({ id }) => id)).toEqual([whole.id, one.id]);
    }
    for (const who of administrators(world)) {
      const other = world.find(otherThan(who), "administrator");
      const [before, theirs] = [await budgetsOf(world, who), await budgetsOf(world, other)];
      await world.make(world.find(who.project, "ada"));
      expect((await budgetsOf(world, who))[0]?.usedUsd).toBeGreaterThan(before[0]?.usedUsd ?? 0);
      expect(await budgetsOf(world, other)).toEqual(theirs);
    }
    for (const who of administrators(world)) await removeBudgets(world, who);
  },

  async "Mutation.setBudget"(world) {
    const nothing = { period: "DAY", limitUsd: 0 };
    await refusedWithout("admin", world, SET_BUDGET, { input: { kind: "PROJECT", ...nothing } });
    for (const who of administrators(world)) {
      const other = world.find(otherThan(who), "administrator");
      const theirKeys = await world.control.keys(other.project);
      // Of all, of what has the same name in both projects, and of what is only in the other one.
      for (const budget of [{ kind: "PROJECT" }, { kind: "KEY" }, { kind: "SUBJECT", target: "ada" }]) {
        await setBudget(world, who, { ...budget, ...nothing });
      }
      for (const { id } of theirKeys) {
        const ofNobody = (target: string) => world.ask(who, SET_BUDGET, { input: { kind: "KEY", target, ...nothing } });
        const [theirs, unknown] = [await ofNobody(id), await ofNobody(newApiKeyId())];
        expect(codeOf(theirs)).toBe("BAD_INPUT");
        expect(theirs.errors).toEqual(unknown.errors);
      }
      expect(await budgetsOf(world, other)).toEqual([]);
      for (const name of ["ada", "bob", "server"]) {
        await world.make(world.find(other.project, name));
        const refused = await world.ask(world.find(who.project, name), CREATE, { input: { prompt: "a boat" } });
        expect(codeOf(refused)).toBe("BUDGET_EXCEEDED");
      }
      await removeBudgets(world, who);
    }
  },

  async "Mutation.removeBudget"(world) {
    await refusedWithout("admin", world, REMOVE_BUDGET, { id: newBudgetId() });
    for (const who of administrators(world)) {
      const target = mark(who.project, "bob");
      const { id } = await setBudget(world, who, { kind: "SUBJECT", target, period: "DAY", limitUsd: 1 });
      const other = world.find(otherThan(who), "administrator");
      expect(codeOf(await likeNothing(world, other, REMOVE_BUDGET, id, newBudgetId()))).toBe("NOT_FOUND");
      const { data } = await world.ask(who, REMOVE_BUDGET, { id });
      expect(data.removeBudget.budget).toEqual({ id, target });
    }
  },
};
