import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scope } from "@reelwire/core";
import type { KeyAdministration } from "@reelwire/engine";
import { expect } from "vitest";
import { connectControl } from "../../src/control-client.ts";
import { openStream } from "../event-stream-reader.ts";
import { type Answer, createTestClient, startTestGateway, type TestGateway } from "../test-gateway.ts";

export const PROJECTS = ["north", "south"] as const;
export type Project = (typeof PROJECTS)[number];

/** `null`: what a key makes itself. */
export const SUBJECTS = ["ada", "bob", null] as const;
export type Subject = (typeof SUBJECTS)[number];

/** A video that somebody made. */
export interface Made {
  id: string;
  project: Project;
  subject: Subject;
}

/** Somebody who sends a credential, and what they should be able to do with it. */
export interface Somebody {
  name: string;
  project: Project;
  /** `null`: the whole project. */
  subject: Subject;
  credential: string;
  scopes: readonly Scope[];
  /** The only videos that they see; `null`: all of their project and subject. */
  named: readonly string[] | null;
}

/** What an operation was answered with, however it came. */
export type Said = Pick<Answer, "data" | "errors">;

/** One gateway with two projects that are alike: each has the same users, and the same credentials. */
export interface TwoProjects extends AsyncDisposable {
  on: TestGateway;
  /** The operator's, who is above all projects. */
  control: KeyAdministration;
  everybody: readonly Somebody[];
  /** The videos there were in the beginning. */
  ground: readonly Made[];
  /** Every video made so far. */
  videos: readonly Made[];
  find(project: Project, name: string): Somebody;
  /** Asks as somebody, who is never answered anything that others wrote whose videos they may not see. */
  ask(who: Somebody, query: string, variables?: object): Promise<Said>;
  /** The same, first told on a websocket: of a subscription the first value, or how it was refused. */
  askBySocket(who: Somebody, query: string, variables?: object): Promise<Said>;
  /** The same, first told on an event stream. */
  askByEventStream(who: Somebody, query: string, variables?: object): Promise<Said>;
  /** Makes a video that has their mark. */
  make(who: Somebody, input?: object): Promise<Made>;
  /** Notes a video that was made otherwise. */
  note(who: Somebody, id: string): Made;
  /** Fails where something holds what others wrote. */
  check<Something>(who: Somebody, something: Something): Something;
}

/** What is in everything that is written for a project and subject. */
export function mark(project: Project, subject: Subject): string {
  return `written-by-${project}-${subject ?? "itself"}`;
}

/** Whether somebody may see a video. */
export function sees({ project, subject, named }: Somebody, video: Made): boolean {
  if (project !== video.project) return false;
  if (named !== null) return named.includes(video.id);
  return subject === null || subject === video.subject;
}

export const may = ({ scopes }: Somebody, scope: Scope) => scopes.includes(scope) || scopes.includes("admin");

export const CREATE_ACCESS_TOKEN = /* GraphQL */ `
  mutation ($input: CreateAccessTokenInput!) { createAccessToken(input: $input) { token } }
`;

export const CREATE = /* GraphQL */ `
  mutation ($input: CreateVideoInput!) {
    createVideo(input: $input) { reused video { id prompt } accessToken { token } }
  }
`;

/** Fast enough to be waited for, and not too fast for as many videos as are made here. */
const POLL_EVERY_MS = 400;

export async function startTwoProjects(): Promise<TwoProjects> {
  const ended = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "reelwire-isolation-"));
  ended.defer(() => rm(dataDir, { recursive: true, force: true }));
  const on = ended.use(
    await startTestGateway({
      emulator: { durationMs: 60_000 },
      configuration: {
        dataDir,
        allowPrivateAddresses: true,
        files: { kind: "disk", directory: join(dataDir, "files"), shared: false },
      },
      pollEveryMs: POLL_EVERY_MS,
    }),
  );
  const control = await connectControl(dataDir);
  if (control === null) throw new Error("the gateway has no control socket");
  ended.defer(() => control.close());

  const everybody: Somebody[] = [];
  const videos: Made[] = [];
  const world: Omit<TwoProjects, "ground"> = {
    on,
    control: control.access,
    everybody,
    videos,
    find(project, name) {
      const found = everybody.find((who) => who.project === project && who.name === name);
      if (found === undefined) throw new Error(`there is no ${name} of ${project}`);
      return found;
    },
    async ask(who, query, variables = {}) {
      const { data, errors } = await on.graphql(query, { ...variables }, who.credential);
      return world.check(who, { data, ...(errors === undefined ? {} : { errors }) });
    },
    async askBySocket(who, query, variables = {}) {
      const client = createTestClient(on.url, { connectionParams: { token: who.credential } });
      try {
        const answers = client.iterate<Said["data"]>({ query, variables: { ...variables } });
        for await (const { data } of answers) return world.check(who, { data });
        throw new Error("it ended without an answer");
      } catch (refused) {
        if (!Array.isArray(refused)) throw refused;
        return world.check(who, { data: null, errors: refused });
      } finally {
        await client.dispose();
      }
    },
    async askByEventStream(who, query, variables = {}) {
      const stream = await openStream({ url: on.url, query, variables, credential: who.credential });
      try {
        for (;;) {
          const told = await stream.next();
          if (typeof told === "string") throw new Error("it ended without an answer");
          if (told.event === "next") return world.check(who, { data: null, ...told.data });
        }
      } finally {
        stream.leave();
      }
    },
    async make(who, input = {}) {
      const prompt = mark(who.project, who.subject);
      const { data, errors } = await world.ask(who, CREATE, { input: { prompt, ...input } });
      expect(errors, `${who.project}: ${who.name}`).toBeUndefined();
      return world.note(who, data.createVideo.video.id);
    },
    note({ project, subject }, id) {
      const made = { id, project, subject };
      videos.push(made);
      return made;
    },
    check(who, something) {
      const readable = SUBJECTS.filter((subject) => reads(who, subject, videos)).map((own) => mark(who.project, own));
      const text = JSON.stringify(something);
      for (const written of PROJECTS.flatMap((project) => SUBJECTS.map((subject) => mark(project, subject)))) {
        if (!readable.includes(written)) expect(text, `${who.project}: ${who.name}`).not.toContain(written);
      }
      return something;
    },
    [Symbol.asyncDispose]: () => ended.disposeAsync(),
  };
  for (const project of PROJECTS) await settle(world, everybody, project);
  return { ...world, ground: [...videos] };
}

/** Whether somebody may read what is written for a subject of their project. */
function reads({ subject: own, named }: Somebody, subject: Subject, videos: readonly Made[]): boolean {
  if (named === null && own === null) return true;
  if (own !== null && own === subject) return true;
  return videos.some((video) => named?.includes(video.id) && video.subject === subject);
}

/** Makes a project's keys and tokens, and its first videos. */
async function settle(world: Omit<TwoProjects, "ground">, everybody: Somebody[], project: Project): Promise<void> {
  const add = (somebody: Omit<Somebody, "project">) => {
    const added = { ...somebody, project };
    everybody.push(added);
    return added;
  };
  const addKey = async (name: string, scopes: readonly Scope[]) => {
    const label = `${name} ${mark(project, null)}`;
    const key = { project, name: label, scopes, expiresAt: null, createdBy: null };
    const { secret } = await world.control.createKey(key);
    return add({ name, subject: null, credential: secret, scopes, named: null });
  };

  await addKey("administrator", ["admin"]);
  const server = await addKey("server", ["videos:create", "videos:read"]);
  const addToken = async (name: string, subject: Subject, scopes: readonly Scope[], videoIds?: readonly string[]) => {
    const input = { subject, scopes: scopes.map((scope) => scope.toUpperCase().replace(":", "_")), videoIds };
    const { data } = await world.ask(server, CREATE_ACCESS_TOKEN, { input });
    return add({ name, subject, scopes, credential: data.createAccessToken.token, named: videoIds ?? null });
  };
  await addKey("server that may only make", ["videos:create"]);
  await addKey("one who has others told", ["webhooks"]);
  const ada = await addToken("ada", "ada", ["videos:create", "videos:read"]);
  const bob = await addToken("bob", "bob", ["videos:create", "videos:read"]);
  const maker = await addToken("ada who may only make", "ada", ["videos:create"]);

  const shown = await world.make(ada);
  await addToken("viewer of one video", null, ["videos:read"], [shown.id]);
  await world.make(bob);
  await world.make(server);
  const { data } = await world.ask(maker, CREATE, { input: { prompt: mark(project, "ada") } });
  const { video, accessToken } = data.createVideo;
  const watched = { subject: maker.subject, credential: accessToken.token, named: [world.note(maker, video.id).id] };
  add({ name: "ada who watches what she made", scopes: ["videos:read"], ...watched });
}
