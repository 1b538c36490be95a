import { clientRequestId, newUploadId, newVideoId } from "@reelwire/core";
import { solidPng } from "@reelwire/gateway-for-tests";
import { expect } from "vitest";
import { createTestClient } from "../test-gateway.ts";
import { administrators, codeOf, type Isolation, makers, nameOf, otherThan, readers } from "./expectations.ts";
import {
  CREATE,
  type Made,
  mark,
  may,
  PROJECTS,
  type Somebody,
  SUBJECTS,
  sees,
  type TwoProjects,
} from "./two-projects.ts";

/** What a path answers somebody, or nobody. */
async function get(world: TwoProjects, path: string, who: Somebody | null, init: RequestInit = {}) {
  const headers: Record<string, string> = who === null ? {} : { authorization: `Bearer ${who.credential}` };
  const response = await fetch(`${world.on.url}${path}`, { ...init, headers: { ...headers, ...init.headers } });
  return { status: response.status, body: await response.text() };
}

/** That a path answers everybody, and whoever sends nothing, the same. */
async function sameForAll(world: TwoProjects, path: string, init: RequestInit = {}): Promise<void> {
  const first = await get(world, path, null, init);
  for (const who of world.everybody) expect(await get(world, path, who, init), nameOf(who)).toEqual(first);
}

/** Every path of the HTTP server. */
export const routes: Record<string, Isolation> = {
  "/graphiql": (world) => sameForAll(world, "/graphiql", { redirect: "manual" }),

  "/graphiql*": (world) => sameForAll(world, "/graphiql/"),

  "/healthz": (world) => sameForAll(world, "/healthz"),

  async "/readyz"(world) {
    const answers = () => Promise.all(world.everybody.map((who) => get(world, "/readyz", who)));
    const before = await answers();
    expect(before[0]?.status).toBe(200);
    for (const who of administrators(world)) {
      await world.make(world.find(otherThan(who), "server"));
      await world.make(world.find(who.project, "server"));
    }
    expect(await answers()).toEqual(before);
  },

  async "/graphql"(world) {
    const query = encodeURIComponent("query ($id: ID!) { video(id: $id) { id prompt } }");
    const headers = { "apollo-require-preflight": "1", "content-type": "application/json" };
    for (const who of readers(world)) {
      for (const video of world.ground) {
        const owner = world.find(video.project, "server");
        // However else one tries to say who one is, or where: it is the bearer who counts.
        const address = `/graphql?query=${query}&variables=${encodeURIComponent(JSON.stringify({ id: video.id }))}`;
        const disguises: Record<string, string>[] = [
          {},
          { cookie: `token=${owner.credential}`, "x-api-key": owner.credential, "x-project": video.project },
        ];
        for (const disguise of disguises) {
          const path = `${address}&token=${owner.credential}&project=${video.project}&subject=${video.subject}`;
          const { status, body } = await get(world, path, who, { headers: { ...headers, ...disguise } });
          expect(status).toBe(200);
          expect(JSON.parse(world.check(who, body)).data.video?.id ?? null).toBe(sees(who, video) ? video.id : null);
          expect((await get(world, path, null, { headers: { ...headers, ...disguise } })).status).toBe(401);
        }
        for (const method of ["PUT", "PATCH", "DELETE"]) {
          const answer = await get(world, address, who, { method, headers });
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(answer.body).not.toContain(video.id);
        }
      }
    }
  },

  async "/graphql/stream"(world) {
    const query = encodeURIComponent("subscription ($id: ID!) { videoStatus(id: $id) { id prompt } }");
    const headers = { accept: "text/event-stream" };
    for (const who of world.everybody) {
      for (const video of world.ground.filter((one) => !sees(who, one) || !may(who, "videos:read"))) {
        const owner = world.find(video.project, "server");
        const address = `/graphql/stream?query=${query}&variables=${encodeURIComponent(JSON.stringify({ id: video.id }))}`;
        // Neither the address, nor a cookie, nor the token by which graphql-sse knows a stream says who it is.
        const disguise = { cookie: `token=${owner.credential}`, "x-graphql-event-stream-token": owner.credential };
        const path = `${address}&token=${owner.credential}&project=${video.project}&subject=${video.subject}`;
        const { status, body } = await get(world, path, who, { headers: { ...headers, ...disguise } });
        expect(status).toBe(200);
        const [, told = ""] = /^event: next\ndata: (.+)$/m.exec(world.check(who, body)) ?? [];
        const code = may(who, "videos:read") ? "NOT_FOUND" : "FORBIDDEN";
        expect(JSON.parse(told), nameOf(who)).toMatchObject({ errors: [{ extensions: { code } }] });
        expect((await get(world, path, null, { headers: { ...headers, ...disguise } })).status).toBe(401);
      }
    }
  },

  async "/files/:key"(world) {
    const completed = await completeOneOfEach(world);
    for (const who of readers(world)) {
      const { data } = await world.ask(who, "{ videos(first: 100) { nodes { id url } } }");
      const urls = data.videos.nodes.flatMap(({ url }: { url: string | null }) => url ?? []);
      for (const { video, url } of completed) expect(urls.includes(url), nameOf(who)).toBe(sees(who, video));
    }
    const { search: ownSignature } = new URL(completed[0]?.url ?? "");
    const never = await get(world, `/files/${newVideoId()}.mp4`, null);
    expect(never.status).toBe(404);
    for (const { video, url } of completed) {
      const { pathname } = new URL(url);
      expect((await fetch(url)).status).toBe(200);
      // The address is as good as the file; what is not the whole address is as good as nothing, whoever sends it.
      const owner = world.find(video.project, "server");
      for (const search of [
        "",
        "?signature=",
        "?signature=x",
        video.id === completed[0]?.video.id ? "" : ownSignature,
      ]) {
        for (const who of [null, owner]) expect(await get(world, `${pathname}${search}`, who)).toEqual(never);
      }
    }
  },

  async "/uploads"(world) {
    const never = `${world.on.url}/uploads/${newUploadId()}?signature=x`;
    const refusals = new Set<string>();
    for (const who of world.everybody.filter((one) => !may(one, "videos:create"))) {
      expect(await upload(world, who), nameOf(who)).toMatchObject({ status: 403 });
    }
    expect(await upload(world, null)).toMatchObject({ status: 401 });
    for (const owner of makers(world)) {
      const { status, url } = await upload(world, owner);
      expect(status, nameOf(owner)).toBe(201);
      for (const who of makers(world)) {
        const isTheirs = who.project === owner.project && (who.subject === null || who.subject === owner.subject);
        const prompt = mark(who.project, who.subject);
        const answer = await world.ask(who, CREATE, { input: { prompt, imageUrl: url } });
        if (isTheirs) {
          expect(answer.errors, nameOf(who)).toBeUndefined();
          world.note(who, answer.data.createVideo.video.id);
        } else {
          expect(codeOf(answer), nameOf(who)).toBe("BAD_INPUT");
          refusals.add(JSON.stringify(answer));
          expect(answer).toEqual(await world.ask(who, CREATE, { input: { prompt, imageUrl: never } }));
        }
      }
    }
    expect(refusals.size).toBe(1);
  },

  async "/uploads/:id"(world) {
    const never = await get(world, `/uploads/${newUploadId()}`, null);
    expect(never.status).toBe(404);
    const uploaded = await Promise.all(makers(world).map(async (who) => ({ who, ...(await upload(world, who)) })));
    const { search: ownSignature } = new URL(uploaded[0]?.url ?? "");
    for (const { who, url } of uploaded) {
      const { pathname, search } = new URL(url);
      await sameForAll(world, `${pathname}${search}`);
      for (const other of ["", "?signature=", "?signature=x", who === uploaded[0]?.who ? "" : ownSignature]) {
        for (const one of [null, who]) expect(await get(world, `${pathname}${other}`, one)).toEqual(never);
      }
    }
  },

  // The studio, and the questions of browsers: they need no credential and are told of none.
  async "*"(world) {
    for (const path of ["/", "/usage"]) await sameForAll(world, path, { headers: { accept: "text/html" } });
    await sameForAll(world, "/graphql", {
      method: "OPTIONS",
      headers: { origin: "https://app.example.com", "access-control-request-method": "POST" },
    });
  },
};

/** Has somebody upload an image. */
async function upload(world: TwoProjects, who: Somebody | null): Promise<{ status: number; url: string }> {
  const { status, body } = await get(world, "/uploads", who, { method: "POST", body: solidPng() });
  return { status, url: JSON.parse(body).url ?? "" };
}

/** A completed video of every subject, with the address of its file. */
async function completeOneOfEach(world: TwoProjects): Promise<{ video: Made; url: string }[]> {
  const made: Made[] = [];
  for (const project of PROJECTS) {
    for (const subject of SUBJECTS) {
      made.push(await world.make(world.find(project, subject ?? "server"), { externalId: mark(project, subject) }));
    }
  }
  const { emulator } = world.on;
  const submitted = () => emulator.accepted.map((generation) => generation.clientRequestId);
  await emulator.until(() => made.every(({ id }) => submitted().includes(clientRequestId(id, 1))));
  emulator.clock.advance(60_000);
  return await Promise.all(
    made.map(async (video) => ({ video, url: await urlOf(world, world.find(video.project, "server"), video.id) })),
  );
}

/** The address of a video's file, once it is completed. */
async function urlOf(world: TwoProjects, who: Somebody, id: string): Promise<string> {
  const client = createTestClient(world.on.url, { connectionParams: { token: who.credential } });
  try {
    const query = "subscription ($id: ID!) { videoStatus(id: $id) { url } }";
    for await (const { data } of client.iterate<{ videoStatus: { url: string | null } }>({
      query,
      variables: { id },
    })) {
      if (data?.videoStatus.url != null) return data.videoStatus.url;
    }
  } finally {
    await client.dispose();
  }
  throw new Error(`${id} was not completed`);
}
