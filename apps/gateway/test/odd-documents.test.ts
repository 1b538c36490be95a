import { afterAll, beforeAll, expect, test } from "vitest";
import { type StubServer, startStubServer } from "./stub-engine.ts";
import { createTestClient, postGraphql } from "./test-gateway.ts";

let server: StubServer;
beforeAll(async () => {
  server = await startStubServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const deep = "{ a ".repeat(50_000);

test("a document that nests too deep is BAD_INPUT over HTTP, by POST and GET, and over a websocket", async () => {
  const { errors } = await postGraphql(server.url, deep);
  expect(errors?.[0]?.extensions.code).toBe("BAD_INPUT");
  const get = await fetch(`${server.url}/graphql?query=${encodeURIComponent("{a".repeat(1_000))}`, {
    headers: { "apollo-require-preflight": "1" },
  });
  expect(await get.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_INPUT" } }] });
  const client = createTestClient(server.url);
  const refused = await new Promise((resolve) => {
    client.subscribe({ query: deep }, { next() {}, error: resolve, complete: () => resolve("completed") });
  });
  await client.dispose();
  expect(refused).toMatchObject([{ extensions: { code: "BAD_INPUT" } }]);
});

test("a year that PostgreSQL does not have is no DateTime", async () => {
  const query = '{ videos(filter: { createdBefore: "0000-01-01T00:00:00Z" }) { nodes { id } } }';
  const { errors } = await postGraphql(server.url, query);
  expect(errors?.[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
});
