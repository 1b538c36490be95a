import { describe, expect, test } from "vitest";
import {
  accessEnumValues,
  accessTokenFields,
  apiKeyFields,
  createAccessTokenFields,
  createApiKeyFields,
} from "../src/access-fields.ts";
import { isApiKeyId } from "../src/api-key-id.ts";
import { BUDGET_KINDS, BUDGET_PERIODS } from "../src/budget.ts";
import type { Field } from "../src/fields.ts";
import { parseNewAccessToken } from "../src/new-access-token.ts";
import { parseNewApiKey } from "../src/new-api-key.ts";
import { SCOPES } from "../src/scope.ts";
import {
  budgetFields,
  quoteFields,
  spendingEnumValues,
  usageFields,
  usageQueryFields,
} from "../src/spending-fields.ts";

const lists: Record<string, Record<string, Field>> = {
  createApiKeyFields,
  apiKeyFields,
  createAccessTokenFields,
  accessTokenFields,
  quoteFields,
  budgetFields,
  usageQueryFields,
  usageFields,
};
const fields = Object.entries(lists).flatMap(([list, all]) =>
  Object.entries(all).map(([name, field]): [string, Field] => [`${list}.${name}`, field]),
);
const sentences = /^[A-Z`0-9].*\.$/s;

test.each(fields)("%s has a label, a description and a sample", (_, field) => {
  expect(field.label).toMatch(/^[A-Z]/);
  expect(field.description).toMatch(sentences);
  expect(field.sample).not.toBeUndefined();
  expect(JSON.parse(JSON.stringify(field.sample))).toEqual(field.sample);
});

test.each(Object.entries(lists))("no label of %s is given twice", (_, list) => {
  const labels = Object.values(list).map(({ label }) => label);
  expect(labels.filter((label, index) => labels.indexOf(label) !== index)).toEqual([]);
});

const asScope = (name: string) => name.toLowerCase().replace("_", ":");

describe("samples", () => {
  test("of a key are of one that can be made", () => {
    const made = { project: "default", createdBy: null, expiresAt: new Date(Date.now() + 1_000) };
    const { name, scopes } = createApiKeyFields;
    expect(parseNewApiKey({ ...made, name: name.sample, scopes: scopes.sample.map(asScope) })).toMatchObject({
      name: apiKeyFields.name.sample,
      scopes: apiKeyFields.scopes.sample.map(asScope),
    });
    expect(isApiKeyId(apiKeyFields.id.sample)).toBe(true);
    expect(apiKeyFields.secret.sample).toMatch(/^rwk_[a-z0-9]{26}_[\w-]{43}$/);
    expect(apiKeyFields.secret.sample).toContain(apiKeyFields.id.sample.slice("key_".length));
  });

  test("of a token are of one that can be made", () => {
    const { subject, scopes, videoIds, expiresInSeconds } = createAccessTokenFields;
    const asked = {
      subject: subject.sample,
      scopes: scopes.sample.map(asScope),
      videoIds: [...videoIds.sample],
      expiresInSeconds: expiresInSeconds.sample,
    };
    expect(parseNewAccessToken(asked)).toEqual(asked);
    expect(expiresInSeconds.description).toContain(`Default: ${expiresInSeconds.sample.toLocaleString("en")}`);
  });

  test("of a price fit together", () => {
    const { kind, price, unit, per, units, asOf } = quoteFields;
    expect(quoteFields.basis.sample).toEqual({
      kind: kind.sample,
      price: price.sample,
      unit: unit.sample,
      per: per.sample,
      units: units.sample,
      asOf: asOf.sample,
    });
    expect((price.sample * units.sample) / per.sample).toBe(quoteFields.usd.sample);
  });
});

describe("enum values", () => {
  const described: Record<string, Record<string, { label: string; description: string }>> = {
    ...accessEnumValues,
    ...spendingEnumValues,
  };

  test.each(Object.entries(described))("of %s have a label and a description", (_, values) => {
    for (const { label, description } of Object.values(values)) {
      expect(label).toMatch(/^[A-Z]/);
      expect(description).toMatch(sentences);
    }
  });

  test("are the vocabulary's, in its order", () => {
    expect(Object.keys(accessEnumValues.Scope).map(asScope)).toEqual(SCOPES);
    expect(Object.keys(spendingEnumValues.BudgetKind)).toEqual(BUDGET_KINDS);
    expect(Object.keys(spendingEnumValues.BudgetPeriod)).toEqual(BUDGET_PERIODS);
  });
});
