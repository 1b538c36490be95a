import { readFile } from "node:fs/promises";
import { parse, validate } from "graphql";
import { expect, test } from "vitest";
import { schema } from "../src/graphql/schema.ts";

test("the operations in the README are valid against the schema", async () => {
  const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  const operations = [...readme.matchAll(/```graphql\n([\s\S]*?)```/g)].map(([, operation = ""]) => operation);
  expect(operations.length).toBeGreaterThan(1);
  for (const operation of operations) expect(validate(schema, parse(operation))).toEqual([]);
});
