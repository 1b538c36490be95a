import { newVideoId, SCOPE_NAMES, type Scope } from "@reelwire/core";
import { expect } from "vitest";
import { may, type Said, type Somebody, sees, type TwoProjects } from "./two-projects.ts";

/** Shows of one part of the API that in it nobody gets at what is another's. */
export type Isolation = (world: TwoProjects) => Promise<void>;

export const codeOf = ({ errors }: Said) => errors?.[0]?.extensions.code;

export const otherThan = ({ project }: Somebody) => (project === "north" ? "south" : "north");

export const readers = ({ everybody }: TwoProjects) => everybody.filter((who) => may(who, "videos:read"));

export const administrators = ({ everybody }: TwoProjects) => everybody.filter((who) => may(who, "admin"));

/** Whoever makes videos for a living. */
export const makers = ({ everybody }: TwoProjects) =>
  everybody.filter(({ scopes }) => scopes.includes("videos:create"));

/** For messages of failures. */
export const nameOf = ({ project, name }: Somebody) => `${project}: ${name}`;

/** That whoever has not the scope is told so, and nothing else. */
export async function refusedWithout(
  scope: Scope,
  world: TwoProjects,
  query: string,
  variables: object = {},
): Promise<void> {
  const others = world.everybody.filter((who) => !may(who, scope));
  expect(others.length).toBeGreaterThan(0);
  for (const who of others) {
    const { errors } = await world.ask(who, query, variables);
    const allowed = who.scopes.map((one) => SCOPE_NAMES[one]).join(" and ");
    const message = `This needs the scope ${SCOPE_NAMES[scope]}, and what you sent allows ${allowed}.`;
    expect(errors, nameOf(who)).toMatchObject([{ message, extensions: { code: "FORBIDDEN" } }]);
  }
}

/** That an operation answers about what is another's as it does about what never was. */
export async function likeNothing(
  world: TwoProjects,
  who: Somebody,
  query: string,
  theirs: string,
  never: string,
): Promise<Said> {
  const answer = await world.ask(who, query, { id: theirs });
  expect(answer, nameOf(who)).toEqual(await world.ask(who, query, { id: never }));
  return answer;
}

/** That a field finds a video by its id for those who see it, and nothing for others. */
export async function findsByItsId(
  world: TwoProjects,
  query: string,
  found: (data: Said["data"]) => { id: string } | null,
): Promise<void> {
  await refusedWithout("videos:read", world, query, { id: world.ground[0]?.id });
  for (const who of readers(world)) {
    for (const video of world.ground) {
      const { data, errors } = await world.ask(who, query, { id: video.id });
      expect(errors, nameOf(who)).toBeUndefined();
      expect(found(data)?.id ?? null, nameOf(who)).toBe(sees(who, video) ? video.id : null);
      if (!sees(who, video)) await likeNothing(world, who, query, video.id, newVideoId());
    }
  }
}

const VIDEOS = /* GraphQL */ `
  query ($filter: VideoFilter, $after: String) {
    videos(first: 100, filter: $filter, after: $after) { nodes { id prompt externalId } }
  }
`;

/** The videos that somebody is shown in the list. */
export async function listed(world: TwoProjects, who: Somebody, variables: object = {}): Promise<string[]> {
  const { data, errors } = await world.ask(who, VIDEOS, variables);
  expect(errors, nameOf(who)).toBeUndefined();
  return data.videos.nodes.map(({ id }: { id: string }) => id).sort();
}

/** The videos that somebody should be shown, of those given. */
export function visible(who: Somebody, videos: TwoProjects["videos"]): string[] {
  return videos
    .filter((video) => sees(who, video))
    .map(({ id }) => id)
    .sort();
}
