import { readFile } from "node:fs/promises";
import { SCOPES } from "@reelwire/core";
import {
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { describe, expect, test } from "vitest";
import type { FieldAccess } from "../src/graphql/authorization.ts";
import { printedSchema } from "../src/graphql/printed-schema.ts";
import { schema } from "../src/graphql/schema.ts";

/** What needs no scope, or one that is looked for elsewhere: a key that makes a token must have the token's scopes. */
const forWhoever = new Map([
  ["models", "any valid credential"],
  ["renewAccess", "any valid credential"],
  ["createAccessToken", "an API key"],
]);

const rootFields = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
  Object.values(type?.getFields() ?? {}).map((field) => [`${type?.name}.${field.name}`, field] as const),
);

const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);

/** Everything in a type that can have a description: `Type`, `Type.field`, `Type.field(argument)`, `Enum.VALUE`. */
function* describables(type: GraphQLNamedType): Generator<[name: string, description: string | null | undefined]> {
  yield [type.name, type.description];
  if (isEnumType(type)) {
    for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value.description];
  }
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      yield [`${type.name}.${field.name}`, field.description];
      for (const argument of "args" in field ? field.args : []) {
        yield [`${type.name}.${field.name}(${argument.name})`, argument.description];
      }
    }
  }
}

describe("the schema", () => {
  test("is what schema.graphql says", async () => {
    const committed = await readFile(new URL("../schema.graphql", import.meta.url), "utf8");
    expect(committed, "schema.graphql has drifted: run `npx -y pnpm@12 --filter @reelwire/gateway schema`").toBe(
      printedSchema(schema),
    );
  });

  test.each(types.map((type) => [type.name, type] as const))("%s and all in it is described", (_name, type) => {
    for (const [name, description] of describables(type)) expect(description, name).toMatch(/^[^\s].*[.:]$/s);
  });

  test.each(rootFields)("%s says who may ask for it, in one way", (_name, field) => {
    const { pothosOptions } = field.extensions as { pothosOptions?: { authScopes?: Partial<FieldAccess> } };
    const ways = Object.entries(pothosOptions?.authScopes ?? {});
    expect(ways).toHaveLength(1);
    for (const [way, scopes] of ways) {
      const needed = [scopes].flat().map((scope) => `\`${String(scope).toUpperCase().replace(":", "_")}\``);
      if (way === "authenticated" || way === "apiKey") expect(forWhoever.has(field.name)).toBe(true);
      else expect(SCOPES).toEqual(expect.arrayContaining([scopes].flat()));
      expect(field.description).toMatch(/[.] Needs [^.]+[.]$/);
      expect(field.description?.split(". Needs ")[1]).toBe(`${forWhoever.get(field.name) ?? needed.join(" or ")}.`);
    }
  });
});
