import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAppTester } from "zapier-platform-core";
import { authentication } from "../src/authentication.ts";
import app from "../src/index.ts";
import { type Answer, startAnswering } from "./answering-server.ts";
import { refusalOf } from "./refusal-of.ts";
import { NEEDED, type Running, startRunning } from "./running-gateway.ts";

let running: Running;
beforeAll(async () => {
  running = await startRunning();
});
afterAll(() => running[Symbol.asyncDispose]());

const appTester = createAppTester(app);

const connect = (authData: Record<string, string>) => appTester(authentication.test, { authData });
const label = (authData: Record<string, string>) => appTester(authentication.connectionLabel, { authData });

test("a connection that works is known by the gateway's host and the key's id", async () => {
  const { url, apiKey } = running;
  const keyId = `key_${apiKey.split("_")[1]}`;
  const { apiKeys } = await running.asAdmin("{ apiKeys { id } }");
  expect(apiKeys).toContainEqual({ id: keyId });
  for (const written of [url, `${url}/`, `${url}/graphql`, ` ${url}/graphql/ `]) {
    const authData = { url: written, apiKey: ` ${apiKey} ` };
    expect(await connect(authData)).toEqual({ host: new URL(url).host, keyId });
    expect(await label(authData)).toBe(`${new URL(url).host} (${keyId})`);
  }
  expect(String(await label({ url, apiKey }))).not.toContain(apiKey.split("_").at(-1));
  expect(await label({ url, apiKey: "another kind of token" })).toBe(new URL(url).host);
});

test("to test it changes nothing", async () => {
  await connect({ url: running.url, apiKey: running.apiKey });
  expect(await running.asAdmin("{ videos { nodes { id } } webhooks { id } }")).toEqual({
    videos: { nodes: [] },
    webhooks: [],
  });
});

describe("what is wrong is told apart", () => {
  test("an address that is none", async () => {
    const { apiKey } = running;
    expect(await refusalOf(connect({ url: "http://video.example.com", apiKey }))).toMatchObject({
      code: "WRONG_ADDRESS",
      message: "The gateway's address must begin with https://, since your API key is sent there.",
    });
    expect(await refusalOf(connect({ url: "over there", apiKey }))).toMatchObject({
      code: "WRONG_ADDRESS",
      message: expect.stringContaining("is no address"),
    });
  });

  test("an address where nothing answers", async () => {
    const { url } = await startAnswering({}).then(async (server) => {
      await server[Symbol.asyncDispose]();
      return server;
    });
    expect(await refusalOf(connect({ url, apiKey: running.apiKey }))).toEqual({
      name: "AppError",
      code: "UNREACHABLE",
      message: `The gateway at ${url} could not be reached (ECONNREFUSED). Is the address right?`,
    });
  });

  const others: Record<string, Answer> = {
    "a web site": { status: 404, body: "<h1>Not Found</h1>" },
    "a page for everything": { status: 200, body: "<!doctype html>" },
    "another API": { status: 401, body: '{"message":"Bad credentials"}' },
    "another GraphQL API": {
      body: '{"errors":[{"message":"Unknown argument.","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}',
    },
    "a redirect": { status: 301, headers: { location: "https://example.com/graphql" } },
  };
  test.each(Object.entries(others))("%s", async (_, answer) => {
    await using server = await startAnswering(answer);
    expect(await refusalOf(connect({ url: server.url, apiKey: running.apiKey }))).toEqual({
      name: "AppError",
      code: "NO_GATEWAY",
      message: expect.stringContaining("is no Reelwire gateway"),
    });
    // Where it redirects to, the key has not gone.
    expect(server.requests).toHaveLength(1);
  });

  test("a key that is refused", async () => {
    const { url, apiKey } = running;
    for (const wrong of ["rwk_wrong", `${apiKey.slice(0, -3)}xyz`, ""]) {
      expect(await refusalOf(connect({ url, apiKey: wrong })), wrong).toEqual({
        name: "ExpiredAuthError",
        message: expect.stringMatching(/^The gateway refused the API key\. \S/),
      });
    }
  });

  test.each([
    [["VIDEOS_READ", "WEBHOOKS"], "the scope `videos:create`"],
    [["VIDEOS_CREATE", "WEBHOOKS"], "the scope `videos:read`"],
    [["VIDEOS_CREATE", "VIDEOS_READ"], "the scope `webhooks`"],
    [["WEBHOOKS"], "the scopes `videos:read` and `videos:create`"],
  ])("a key with %s alone", async (scopes, missing) => {
    const apiKey = await running.makeKey(scopes);
    expect(await refusalOf(connect({ url: running.url, apiKey }))).toEqual({
      name: "AppError",
      code: "MISSING_SCOPES",
      message: `The API key lacks ${missing}. Give a key that has them.`,
    });
  });

  test.each([[NEEDED], [["ADMIN"]]])("and one with %s is not", async (scopes) => {
    const apiKey = await running.makeKey(scopes);
    expect(await connect({ url: running.url, apiKey })).toMatchObject({ keyId: expect.stringMatching(/^key_/) });
  });
});
