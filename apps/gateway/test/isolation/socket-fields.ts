import { newVideoId } from "@reelwire/core";
import { expect } from "vitest";
import { openStream } from "../event-stream-reader.ts";
import { createTestClient } from "../test-gateway.ts";
import { codeOf, type Isolation, makers, nameOf, readers, visible } from "./expectations.ts";
import { type Made, may, type Said, type Somebody, sees, type TwoProjects } from "./two-projects.ts";

const STATUS = "subscription ($id: ID!) { videoStatus(id: $id) { id prompt status url } }";
const ACTIVITY = "subscription { videoActivity { id prompt status } }";
const RENEW = "mutation ($token: String!) { renewAccess(token: $token) { expiresAt } }";
const CANCEL = "mutation ($id: ID!) { cancelVideo(id: $id) { video { id } } }";

/** Somebody who hears `videoActivity` on a websocket. */
interface Listener extends AsyncDisposable {
  who: Somebody;
  /** Asks on the same websocket. */
  ask(query: string, variables?: object): Promise<Said>;
  /** The ids of everything heard until a video is told to be canceled. */
  untilCanceled(id: string): Promise<ReadonlySet<string>>;
}

async function listen(world: TwoProjects, who: Somebody): Promise<Listener> {
  const client = createTestClient(world.on.url, { connectionParams: { token: who.credential } });
  const heard: { id: string; status: string }[] = [];
  let wake = () => {};
  const stop = client.subscribe<{ videoActivity: { id: string; status: string } }>(
    { query: ACTIVITY },
    {
      next({ data }) {
        if (data != null) heard.push(world.check(who, data.videoActivity));
        wake();
      },
      error: () => wake(),
      complete: () => {},
    },
  );
  const ask: Listener["ask"] = async (query, variables = {}) => {
    for await (const answer of client.iterate({ query, variables: { ...variables } })) {
      return world.check(who, JSON.parse(JSON.stringify(answer)));
    }
    throw new Error("it ended without an answer");
  };
  // Asked after it on the same websocket, so that it is heard by the time this is answered.
  await ask("{ models { id } }");
  return {
    who,
    ask,
    async untilCanceled(id) {
      for (;;) {
        const last = heard.findIndex((video) => video.id === id && video.status === "CANCELED");
        if (last !== -1) return new Set(heard.slice(0, last + 1).map((video) => video.id));
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async [Symbol.asyncDispose]() {
      stop();
      await client.dispose();
    },
  };
}

/** Somebody who hears `videoActivity` on an event stream. */
async function listenToStream(
  world: TwoProjects,
  who: Somebody,
): Promise<Pick<Listener, "who" | "untilCanceled"> & AsyncDisposable> {
  const stream = await openStream({ url: world.on.url, query: ACTIVITY, credential: who.credential });
  return {
    who,
    async untilCanceled(id) {
      const heard = new Set<string>();
      for (;;) {
        const told = await stream.next();
        if (typeof told === "string") throw new Error(`the stream has ${told}`);
        if (told.event !== "next") continue;
        const { videoActivity: video } = world.check(who, told.data).data;
        heard.add(video.id);
        if (video.id === id && video.status === "CANCELED") return heard;
      }
    },
    async [Symbol.asyncDispose]() {
      stream.leave();
    },
  };
}

/** Cancels a video that somebody sees, as the last that they hear. */
async function cancelOneOf(world: TwoProjects, who: Somebody): Promise<string> {
  const server = world.find(who.project, "server");
  const id = who.named?.[0] ?? (await world.make(who.name === "administrator" ? server : who)).id;
  await world.ask(server, CANCEL, { id });
  return id;
}

/** The fields that are for websockets and event streams. */
export const socketFields: Record<string, Isolation> = {
  async "Subscription.videoStatus"(world) {
    for (const ask of [world.askBySocket, world.askByEventStream]) {
      for (const who of world.everybody) {
        const never = await ask(who, STATUS, { id: newVideoId() });
        expect(codeOf(never), nameOf(who)).toBe(may(who, "videos:read") ? "NOT_FOUND" : "FORBIDDEN");
        for (const video of world.ground) {
          const answer = await ask(who, STATUS, { id: video.id });
          if (codeOf(never) === "NOT_FOUND" && sees(who, video)) {
            expect(answer.data?.videoStatus.id, nameOf(who)).toBe(video.id);
          } else {
            expect(answer, nameOf(who)).toEqual(never);
          }
        }
      }
    }
  },

  async "Subscription.videoActivity"(world) {
    for (const who of world.everybody.filter((somebody) => !may(somebody, "videos:read"))) {
      for (const ask of [world.askBySocket, world.askByEventStream]) {
        expect(codeOf(await ask(who, ACTIVITY)), nameOf(who)).toBe("FORBIDDEN");
      }
    }
    await using listeners = new AsyncDisposableStack();
    const listening: Pick<Listener, "who" | "untilCanceled">[] = [];
    for (const who of readers(world)) {
      listening.push(listeners.use(await listen(world, who)), listeners.use(await listenToStream(world, who)));
    }
    const made: Made[] = [];
    for (const who of makers(world)) made.push(await world.make(who));
    // Something of their own comes last: had something of others' been on its way to them, it would have come before.
    for (const { who, untilCanceled } of listening) {
      const heard = await untilCanceled(await cancelOneOf(world, who));
      const own = visible(who, world.videos);
      for (const id of heard) expect(own, nameOf(who)).toContain(id);
      for (const { id } of made.filter((video) => sees(who, video))) expect(heard.has(id), nameOf(who)).toBe(true);
    }
  },

  async "Mutation.renewAccess"(world) {
    const ada = world.find("north", "ada");
    const others = [world.find("north", "bob"), world.find("south", "ada"), world.find("south", "server")];
    await using listener = await listen(world, ada);
    for (const { credential } of others) {
      expect(codeOf(await listener.ask(RENEW, { token: credential }))).toBe("FORBIDDEN");
    }
    // Nothing has changed by that.
    for (const who of others) await world.make(who);
    for (const id of await listener.untilCanceled(await cancelOneOf(world, ada))) {
      expect(visible(ada, world.videos)).toContain(id);
    }
    const { data } = await listener.ask("{ videos(first: 100) { nodes { id } } }");
    expect(data.videos.nodes.map(({ id }: Made) => id).sort()).toEqual(visible(ada, world.videos));
  },
};
