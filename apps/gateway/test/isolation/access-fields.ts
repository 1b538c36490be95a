import { newApiKeyId } from "@reelwire/core";
import { expect } from "vitest";
import {
  administrators,
  codeOf,
  type Isolation,
  likeNothing,
  listed,
  nameOf,
  otherThan,
  refusedWithout,
  visible,
} from "./expectations.ts";
import { CREATE_ACCESS_TOKEN, mark, type Somebody, type TwoProjects } from "./two-projects.ts";

const KEYS = "{ apiKeys { id name createdBy } }";
const CREATE_KEY =
  "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id name } } }";
const REVOKE_KEY = "mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { id name } } }";

/** Somebody with a new credential of the same project, who may read. */
function reader(who: Somebody, credential: string, more: Partial<Somebody> = {}): Somebody {
  return { ...who, name: `one made by ${who.name}`, scopes: ["videos:read"], credential, ...more };
}

/** That somebody sees what they should, and not more. */
async function seesTheirOwn(world: TwoProjects, who: Somebody): Promise<void> {
  expect(await listed(world, who), nameOf(who)).toEqual(visible(who, world.videos));
}

/** The fields that are of keys and tokens. */
export const accessFields: Record<string, Isolation> = {
  async "Query.apiKeys"(world) {
    await refusedWithout("admin", world, KEYS);
    for (const who of administrators(world)) {
      const own = await world.control.keys(who.project);
      expect(own.length).toBeGreaterThan(0);
      const { data } = await world.ask(who, KEYS);
      expect(data.apiKeys).toMatchObject(own.map(({ id, name }) => ({ id, name })));
    }
  },

  async "Mutation.createApiKey"(world) {
    await refusedWithout("admin", world, CREATE_KEY, { input: { name: "x", scopes: ["ADMIN"] } });
    for (const who of administrators(world)) {
      const theirs = await world.control.keys(otherThan(who));
      const input = { name: `made ${mark(who.project, null)}`, scopes: ["VIDEOS_READ"] };
      const { data } = await world.ask(who, CREATE_KEY, { input });
      const [newest] = await world.control.keys(who.project);
      const administrator = (await world.control.keys(who.project)).find(({ scopes }) => scopes.includes("admin"));
      expect(newest).toMatchObject({ ...data.createApiKey.apiKey, createdBy: administrator?.id });
      expect(await world.control.keys(otherThan(who))).toEqual(theirs);
      await seesTheirOwn(world, reader(who, data.createApiKey.secret));
    }
  },

  async "Mutation.revokeApiKey"(world) {
    await refusedWithout("admin", world, REVOKE_KEY, { id: newApiKeyId() });
    for (const who of administrators(world)) {
      const theirs = await world.control.keys(otherThan(who));
      for (const { id } of theirs) {
        expect(codeOf(await likeNothing(world, who, REVOKE_KEY, id, newApiKeyId()))).toBe("NOT_FOUND");
      }
      expect(await world.control.keys(otherThan(who))).toEqual(theirs);
      const input = { name: "x", scopes: ["VIDEOS_READ"] };
      const { apiKey, secret } = (await world.ask(who, CREATE_KEY, { input })).data.createApiKey;
      const { data } = await world.ask(who, REVOKE_KEY, { id: apiKey.id });
      expect(data.revokeApiKey.apiKey).toEqual(apiKey);
      expect(codeOf(await world.ask(reader(who, secret), "{ models { id } }"))).toBe("UNAUTHENTICATED");
    }
  },

  async "Mutation.createAccessToken"(world) {
    const makesTokens = ({ name }: Somebody) => ["administrator", "server"].includes(name);
    const ada = { subject: "ada", scopes: ["VIDEOS_READ"] };
    for (const who of world.everybody.filter((somebody) => !makesTokens(somebody))) {
      expect(codeOf(await world.ask(who, CREATE_ACCESS_TOKEN, { input: ada })), nameOf(who)).toBe("FORBIDDEN");
    }
    for (const who of world.everybody.filter(makesTokens)) {
      const tokenOf = async (input: object) =>
        (await world.ask(who, CREATE_ACCESS_TOKEN, { input })).data.createAccessToken.token;
      await seesTheirOwn(world, reader(who, await tokenOf(ada), { subject: "ada" }));
      // To name another project's videos gives nothing of them.
      const named = world.ground.filter(({ project }) => project !== who.project).map(({ id }) => id);
      const credential = await tokenOf({ ...ada, videoIds: named });
      expect(await listed(world, reader(who, credential, { subject: "ada", named }))).toEqual([]);
    }
  },
};
