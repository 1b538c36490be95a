import { expect, test } from "vitest";
import * as automation from "../src/automation-fields.ts";
import { createVideoFields, type Field } from "../src/fields.ts";

const { automationSteps, automationTriggers, connectionFields, stepFields, stepOutputFields } = automation;
const lists: Record<string, Record<string, Field>> = { connectionFields, stepFields, stepOutputFields };
const fields = Object.entries(lists).flatMap(([list, all]) =>
  Object.entries(all).map(([name, field]): [string, Field] => [`${list}.${name}`, field]),
);

test.each(fields)("%s has a label, a description and a sample", (_, field) => {
  expect(field.label).toMatch(/^[A-Z]/);
  expect(field.description).toMatch(/^[A-Z`0-9].*\.$/s);
  expect(JSON.parse(JSON.stringify(field.sample))).toEqual(field.sample);
});

test.each(Object.entries({ ...automationSteps, ...automationTriggers }))("%s says what it does", (name, step) => {
  expect(step.label).toMatch(/^[A-Z][a-z]+( [A-Z][a-z]+)*$/);
  expect(step.description).toMatch(name in automationTriggers ? /^Triggers when [^.]+\.$/ : /^[A-Z][a-z]+s .+\.$/);
});

test("what a step asks for as `createVideo` does is called the same there", () => {
  for (const name of ["imageUrl", "lastImageUrl", "externalId", "idempotencyKey"] as const) {
    expect(stepFields[name].label).toBe(createVideoFields[name].label);
    expect(stepFields[name].sample).toBe(createVideoFields[name].sample);
  }
});
