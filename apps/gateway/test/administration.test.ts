import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openAcknowledged, subscribe } from "./raw-socket.ts";
import { postGraphql, startTestGateway, type TestGateway } from "./test-gateway.ts";

const CREATE_KEY = /* GraphQL */ `
  mutation ($name: String!) {
    createApiKey(input: { name: $name, scopes: [ADMIN] }) { secret apiKey { id } }
  }
`;
/** The second must not happen where the first has ended the rights of whoever asks. */
const REVOKE_BOTH = /* GraphQL */ `
  mutation ($own: ID!, $other: ID!) {
    own: revokeApiKey(id: $own) { apiKey { id } }
    other: revokeApiKey(id: $other) { apiKey { id } }
  }
`;

let on: TestGateway;
beforeEach(async () => {
  on = await startTestGateway();
});
afterEach(() => on[Symbol.asyncDispose]());

async function createKey(name: string, credential?: string): Promise<{ secret: string; id: string }> {
  const { data } = await postGraphql(on.url, CREATE_KEY, { name }, credential);
  return { secret: data.createApiKey.secret, id: data.createApiKey.apiKey.id };
}

const refused = [{ path: ["other"], extensions: { code: "UNAUTHENTICATED" } }];

describe("an operation whose caller's rights end while it runs goes no further", () => {
  test("over HTTP", async () => {
    const own = await createKey("own");
    const other = await createKey("other", own.secret);
    const answer = await postGraphql(on.url, REVOKE_BOTH, { own: own.id, other: other.id }, own.secret);
    expect(answer.errors).toMatchObject(refused);
    expect((await postGraphql(on.url, "{ budgets { id } }", {}, other.secret)).data).toEqual({ budgets: [] });
  });

  test("over a websocket, which is closed", async () => {
    const own = await createKey("own");
    const other = await createKey("other", own.secret);
    const socket = await openAcknowledged(on.url, { token: own.secret });
    socket.send(subscribe("both", REVOKE_BOTH, { own: own.id, other: other.id }));
    expect((await socket.closed).code).toBe(4441);
    expect((await postGraphql(on.url, "{ budgets { id } }", {}, other.secret)).data).toEqual({ budgets: [] });
  });

  test("of nobody in particular, once there is a key", async () => {
    const query = /* GraphQL */ `
      mutation {
        createApiKey(input: { name: "first", scopes: [ADMIN] }) { apiKey { id } }
        other: setBudget(input: { kind: PROJECT, period: DAY, limitUsd: 1 }) { budget { id } }
      }
    `;
    expect((await postGraphql(on.url, query)).errors).toMatchObject(refused);
  });
});

test.each([
  ["createVideo", `createVideo(input: { prompt: "a boat" }) { reused }`],
  ["createApiKey", `createApiKey(input: { name: "a", scopes: [ADMIN] }) { secret }`],
])("an operation has one %s, of which the answer is never lost with that of another", async (_name, field) => {
  const { data, errors } = await postGraphql(on.url, `mutation { a: ${field} b: ${field} }`);
  expect(errors).toMatchObject([{ extensions: { code: "BAD_INPUT" } }]);
  expect(data ?? null).toBeNull();
  expect((await postGraphql(on.url, "{ videos { nodes { id } } apiKeys { id } }")).data).toEqual({
    videos: { nodes: [] },
    apiKeys: [],
  });
});

test("a key is revoked by its id, or by itself", async () => {
  const own = await createKey("own");
  const REVOKE = "mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { id revokedAt } } }";
  for (const named of ["id", "secret"] as const) {
    const other = await createKey("other", own.secret);
    const { data } = await postGraphql(on.url, REVOKE, { id: other[named] }, own.secret);
    expect(data).toEqual({ revokeApiKey: { apiKey: { id: other.id, revokedAt: expect.any(String) } } });
  }
  for (const id of [own.secret.slice(0, -1), `${own.secret}x`, "rwk_"]) {
    const { errors } = await postGraphql(on.url, REVOKE, { id }, own.secret);
    expect(errors).toMatchObject([{ extensions: { code: "NOT_FOUND" } }]);
  }
});

test("a budget of a key that the project does not have is refused, not kept for nobody", async () => {
  const own = await createKey("own");
  const SET =
    "mutation ($target: String!) { setBudget(input: { kind: KEY, period: DAY, limitUsd: 1, target: $target }) { budget { target } } }";
  const unknown = await postGraphql(on.url, SET, { target: "key_01kb3xrg9pf4bs2gq3yj3zc2tm" }, own.secret);
  expect(unknown.errors).toMatchObject([{ extensions: { code: "BAD_INPUT", issues: [{ path: ["target"] }] } }]);
  const { data } = await postGraphql(on.url, SET, { target: own.id }, own.secret);
  expect(data).toEqual({ setBudget: { budget: { target: own.id } } });
});
