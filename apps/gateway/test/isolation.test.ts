import { isObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schema } from "../src/graphql/schema.ts";
import { accessFields } from "./isolation/access-fields.ts";
import type { Isolation } from "./isolation/expectations.ts";
import { routes } from "./isolation/routes.ts";
import { socketFields } from "./isolation/socket-fields.ts";
import { spendingFields } from "./isolation/spending-fields.ts";
import { startTwoProjects, type TwoProjects } from "./isolation/two-projects.ts";
import { nodeTypes, videoFields } from "./isolation/video-fields.ts";
import { webhookFields } from "./isolation/webhook-fields.ts";
import { startStubServer } from "./stub-engine.ts";

// Invariant 9, for everything that there is to ask: a field, a type of node or a path without a case fails here.

const fields: Record<string, Isolation> = {
  ...videoFields,
  ...accessFields,
  ...spendingFields,
  ...webhookFields,
  ...socketFields,
};

// Hundreds of requests each, with two cores for everything.
const PATIENCE_MS = 120_000;

let world: TwoProjects;
beforeAll(async () => {
  world = await startTwoProjects();
}, PATIENCE_MS);
afterAll(() => world[Symbol.asyncDispose]());

describe("two projects with the same two users see and change nothing of each other, nor the users of each other", () => {
  test.each(Object.entries(fields))("%s", { timeout: PATIENCE_MS }, (_name, isolates) => isolates(world));

  test.each(Object.entries(nodeTypes))("node: %s", { timeout: PATIENCE_MS }, (_name, isolates) => isolates(world));

  test.each(Object.entries(routes))("at %s", { timeout: PATIENCE_MS }, (_path, isolates) => isolates(world));
});

describe("there is a case", () => {
  test("for every query, mutation and subscription", () => {
    const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const all = types.flatMap((type) => Object.keys(type?.getFields() ?? {}).map((name) => `${type?.name}.${name}`));
    expect(Object.keys(fields).sort()).toEqual(all.sort());
  });

  test("for every type of node", () => {
    const all = Object.values(schema.getTypeMap()).filter(
      (type) => isObjectType(type) && type.getInterfaces().some(({ name }) => name === "Node"),
    );
    expect(Object.keys(nodeTypes).sort()).toEqual(all.map(({ name }) => name).sort());
  });

  test("for every path", async () => {
    await using server = await startStubServer();
    expect(Object.keys(routes).sort()).toEqual(pathsIn(server.app.printRoutes({ commonPrefix: false })).sort());
  });
});

/** The paths of a tree of routes, as Fastify prints it. */
function pathsIn(tree: string): string[] {
  const above: string[] = [];
  return tree.split("\n").flatMap((line) => {
    const [, indent, part] = /^([│ ]*)[├└]── (.+) \([A-Z, ]+\)$/.exec(line) ?? [];
    if (indent === undefined || part === undefined) return [];
    above.splice(indent.length / 4, above.length, part);
    return [above.join("")];
  });
}
