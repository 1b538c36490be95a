import { newVideoId } from "@reelwire/core";
import { expect } from "vitest";
import {
  administrators,
  codeOf,
  findsByItsId,
  type Isolation,
  likeNothing,
  listed,
  makers,
  nameOf,
  readers,
  refusedWithout,
  visible,
} from "./expectations.ts";
import {
  CREATE,
  CREATE_ACCESS_TOKEN,
  type Made,
  mark,
  PROJECTS,
  type Somebody,
  sees,
  type TwoProjects,
} from "./two-projects.ts";

const CANCEL = "mutation ($id: ID!) { cancelVideo(id: $id) { video { id status prompt } } }";

/** The fields that are of videos. */
export const videoFields: Record<string, Isolation> = {
  "Query.video": (world) =>
    findsByItsId(world, "query ($id: ID!) { video(id: $id) { id prompt } }", ({ video }) => video),

  async "Query.node"(world) {
    const query = "query ($id: ID!) { node(id: $id) { id } }";
    await findsByItsId(world, query, ({ node }) => node);
    // What has an id and is no node is found by nobody, its owners included.
    for (const who of readers(world)) {
      for (const { id } of await world.control.keys(null)) {
        expect(await world.ask(who, query, { id })).toEqual({ data: { node: null } });
      }
    }
  },

  async "Query.nodes"(world) {
    const query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Video { prompt } } }";
    const ids = [newVideoId(), ...world.ground.map(({ id }) => id)];
    await refusedWithout("videos:read", world, query, { ids });
    for (const who of readers(world)) {
      const found = world.ground.map((video) => (sees(who, video) ? { id: video.id } : null));
      const { data, errors } = await world.ask(who, query, { ids });
      expect(errors).toBeUndefined();
      expect(data.nodes, nameOf(who)).toMatchObject([null, ...found]);
    }
  },

  async "Query.videos"(world) {
    await refusedWithout("videos:read", world, "{ videos { nodes { id } } }");
    const names = { externalId: "the same for everybody", idempotencyKey: "the same for everybody" };
    const owners = PROJECTS.flatMap((project) => ["ada", "bob", "server"].map((name) => world.find(project, name)));
    const made: Made[] = [];
    for (const who of owners) made.push(await world.make(who, names));
    for (const who of readers(world)) {
      const own = visible(who, world.videos);
      expect(await listed(world, who), nameOf(who)).toEqual(own);
      for (const [name, value] of Object.entries(names)) {
        expect(await listed(world, who, { filter: { [name]: value } }), nameOf(who)).toEqual(visible(who, made));
      }
      // In every prompt, or in those alone.
      expect(await listed(world, who, { filter: { search: "WRITTEN-by" } }), nameOf(who)).toEqual(own);
      expect(await listed(world, who, { filter: { search: "Same for" } }), nameOf(who)).toEqual(visible(who, made));
      // What is not theirs is a place in the list all the same, as every id is.
      for (const { id } of world.ground.filter((video) => !sees(who, video))) {
        expect(await listed(world, who, { after: id })).toEqual(own.filter((earlier) => earlier < id));
      }
    }
  },

  async "Query.models"(world) {
    const [first, ...others] = await Promise.all(
      world.everybody.map((who) => world.ask(who, "{ models { id name isDefault } }")),
    );
    expect(first?.data.models.length).toBeGreaterThan(0);
    for (const answer of others) expect(answer).toEqual(first);
  },

  async "Mutation.createVideo"(world) {
    await refusedWithout("videos:create", world, CREATE, { input: { prompt: "a boat" } });
    const owners = PROJECTS.flatMap((project) => ["ada", "bob", "server"].map((name) => world.find(project, name)));
    // What others called theirs is free, whether they asked for the same or not, and stays their own.
    for (const round of ["same", "different"]) {
      const ids = new Set<string>();
      for (const who of owners) {
        const prompt = round === "same" ? "a boat" : mark(who.project, who.subject);
        const input = { prompt, idempotencyKey: `key ${round}`, externalId: `id ${round}` };
        const { data, errors } = await world.ask(who, CREATE, { input });
        expect(errors, nameOf(who)).toBeUndefined();
        expect(data.createVideo).toMatchObject({ reused: false, accessToken: null, video: { prompt } });
        const { id } = world.note(who, data.createVideo.video.id);
        ids.add(id);
        const again = await world.ask(who, CREATE, { input });
        expect(again.data.createVideo).toMatchObject({ reused: true, video: { id } });
      }
      expect(ids.size).toBe(owners.length);
    }
    // Whoever would not see it is given a token by which that one video can be seen, and nothing else be done.
    const blind = makers(world).filter(({ scopes }) => !scopes.includes("videos:read"));
    for (const who of [...blind, await adaWhoSeesOne(world)]) {
      const input = { prompt: mark(who.project, who.subject) };
      const { data } = await world.ask(who, CREATE, { input });
      const { id } = world.note(who, data.createVideo.video.id);
      const credential = data.createVideo.accessToken.token;
      const watcher = { ...who, name: "who watches", credential, scopes: ["videos:read"], named: [id] } as const;
      expect(await listed(world, watcher)).toEqual([id]);
      expect(codeOf(await world.ask(watcher, CREATE, { input }))).toBe("FORBIDDEN");
      expect(codeOf(await world.ask(watcher, CANCEL, { id }))).toBe("FORBIDDEN");
    }
  },

  async "Mutation.cancelVideo"(world) {
    const made: Made[] = [];
    for (const who of makers(world)) made.push(await world.make(who));
    await refusedWithout("videos:create", world, CANCEL, { id: made[0]?.id });
    for (const who of [...makers(world), ...administrators(world)]) {
      for (const { id } of made.filter((video) => !sees(who, video))) {
        expect(codeOf(await likeNothing(world, who, CANCEL, id, newVideoId()))).toBe("NOT_FOUND");
      }
    }
    const query = "query ($id: ID!) { video(id: $id) { status } }";
    for (const { id, project } of made) {
      const { data } = await world.ask(world.find(project, "server"), query, { id });
      expect(data.video.status).not.toBe("CANCELED");
    }
    for (const who of makers(world)) {
      const own = made.find((video) => sees(who, video));
      const { data } = await world.ask(who, CANCEL, { id: own?.id });
      expect(data.cancelVideo.video).toMatchObject({ id: own?.id, status: "CANCELED" });
    }
  },
};

/** Somebody who may make and see videos, and of those only one. */
async function adaWhoSeesOne(world: TwoProjects): Promise<Somebody> {
  const ada = world.find("south", "ada");
  const named = world.ground.filter((video) => sees(ada, video)).map(({ id }) => id);
  const input = { subject: "ada", videoIds: named.slice(0, 1), scopes: ["VIDEOS_CREATE", "VIDEOS_READ"] };
  const { data } = await world.ask(world.find("south", "server"), CREATE_ACCESS_TOKEN, { input });
  return { ...ada, named: input.videoIds, credential: data.createAccessToken.token };
}

/** Every type that `node` finds. */
export const nodeTypes: Record<string, Isolation> = {
  Video: (world) =>
    findsByItsId(world, "query ($id: ID!) { node(id: $id) { id ... on Video { prompt } } }", ({ node }) => node),
};
