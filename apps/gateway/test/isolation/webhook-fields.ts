import { newWebhookId } from "@reelwire/core";
import { expect } from "vitest";
import { codeOf, type Isolation, likeNothing, nameOf, otherThan, refusedWithout } from "./expectations.ts";
import { mark, may, PROJECTS, type Project, type Said, type Somebody, type TwoProjects } from "./two-projects.ts";

const WEBHOOKS = "{ webhooks { id url filter { externalIdPrefix } } }";
const WEBHOOK = "query ($id: ID!) { webhook(id: $id) { id url deliveries { id url videoId } } }";
const DELIVERIES = /* GraphQL */ `
  query ($webhookId: ID, $videoId: ID) {
    webhookDeliveries(webhookId: $webhookId, videoId: $videoId, first: 100) { id webhookId videoId url }
  }
`;
const CREATE_WEBHOOK = /* GraphQL */ `
  mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { reused secret webhook { id url } } }
`;
const DELETE_WEBHOOK = "mutation ($id: ID!) { deleteWebhook(id: $id) { webhook { id url } } }";
const ENABLE_WEBHOOK = "mutation ($id: ID!) { enableWebhook(id: $id) { webhook { id url } } }";
const ROTATE = "mutation ($id: ID) { rotateWebhookSecret(id: $id) { secret previousSecretUntil } }";
const REDELIVER = "mutation ($id: ID!) { redeliverWebhook(id: $id) { delivery { id url videoId } } }";
const CANCEL = "mutation ($id: ID!) { cancelVideo(id: $id) { video { id } } }";

/** An id that has the form of a delivery's, and is of none. */
const NO_DELIVERY = "delivery_00000000000000000000000000";

const tellers = ({ everybody }: TwoProjects) => everybody.filter((who) => may(who, "webhooks"));

/** Of nobody: nothing listens there. */
const urlOf = (project: Project, path: string) => `http://127.0.0.1:9/${mark(project, null)}/${path}`;

async function createWebhook(world: TwoProjects, who: Somebody, path: string) {
  const input = { url: urlOf(who.project, path), events: ["VIDEO_FINISHED"] };
  const { data, errors } = await world.ask(who, CREATE_WEBHOOK, { input });
  expect(errors, nameOf(who)).toBeUndefined();
  return data.createWebhook;
}

const webhooksOf = async (world: TwoProjects, who: Somebody): Promise<{ id: string }[]> =>
  (await world.ask(who, WEBHOOKS)).data.webhooks;

const deliveriesTo = async (world: TwoProjects, who: Somebody, variables: object) =>
  (await world.ask(who, DELIVERIES, variables)).data.webhookDeliveries;

async function removeWebhooks(world: TwoProjects, who: Somebody): Promise<void> {
  for (const { id } of await webhooksOf(world, who)) await world.ask(who, DELETE_WEBHOOK, { id });
}

/** A webhook of each project, and what it was told of a video of each. */
async function toldOfEach(world: TwoProjects, path: string) {
  const made = PROJECTS.map((project) => ({ project, teller: world.find(project, "one who has others told") }));
  return await Promise.all(
    made.map(async ({ project, teller }) => {
      const { webhook } = await createWebhook(world, teller, path);
      const video = await world.make(world.find(project, "ada"));
      expect((await world.ask(world.find(project, "ada"), CANCEL, { id: video.id })).errors).toBeUndefined();
      const [delivery] = await deliveriesTo(world, teller, { webhookId: webhook.id });
      expect(delivery).toMatchObject({ webhookId: webhook.id, videoId: video.id });
      return { project, teller, webhookId: webhook.id, videoId: video.id, deliveryId: delivery.id };
    }),
  );
}

/** That a mutation of a webhook does not find that of another project, and does find one's own. */
async function onlyOnesOwn(world: TwoProjects, mutation: string, path: string, found: (data: Said["data"]) => unknown) {
  await refusedWithout("webhooks", world, mutation, { id: newWebhookId() });
  for (const who of tellers(world)) {
    const other = world.find(otherThan(who), "administrator");
    const { webhook } = await createWebhook(world, who, path);
    expect(codeOf(await likeNothing(world, other, mutation, webhook.id, newWebhookId()))).toBe("NOT_FOUND");
    expect((await webhooksOf(world, who)).map(({ id }) => id)).toContain(webhook.id);
    const { data, errors } = await world.ask(who, mutation, { id: webhook.id });
    expect(errors, nameOf(who)).toBeUndefined();
    expect(found(data)).toBeTruthy();
  }
  for (const who of tellers(world)) await removeWebhooks(world, who);
}

/** The fields that are of webhooks. */
export const webhookFields: Record<string, Isolation> = {
  async "Mutation.createWebhook"(world) {
    const input = { url: "http://127.0.0.1:9/same", events: ["VIDEO_FINISHED"] };
    await refusedWithout("webhooks", world, CREATE_WEBHOOK, { input });
    const seen = new Map<Project, { id: string; secret: string }>();
    for (const who of tellers(world)) {
      const { data } = await world.ask(who, CREATE_WEBHOOK, { input });
      const { webhook, secret, reused } = data.createWebhook;
      // The same for all who act for a project, and for nobody else.
      const before = seen.get(who.project);
      expect(reused, nameOf(who)).toBe(before !== undefined);
      if (before !== undefined) expect({ id: webhook.id, secret }).toEqual(before);
      seen.set(who.project, { id: webhook.id, secret });
    }
    const [north, south] = PROJECTS.map((project) => seen.get(project));
    expect(north?.id).not.toBe(south?.id);
    expect(north?.secret).not.toBe(south?.secret);
    for (const who of tellers(world)) await removeWebhooks(world, who);
  },

  async "Query.webhooks"(world) {
    await refusedWithout("webhooks", world, WEBHOOKS);
    const own = new Map<Project, string[]>(PROJECTS.map((project) => [project, []]));
    for (const who of tellers(world)) {
      own.get(who.project)?.unshift((await createWebhook(world, who, who.name.replaceAll(" ", "-"))).webhook.id);
    }
    for (const who of tellers(world)) {
      expect(
        (await webhooksOf(world, who)).map(({ id }) => id),
        nameOf(who),
      ).toEqual(own.get(who.project));
    }
    for (const who of tellers(world)) await removeWebhooks(world, who);
  },

  async "Query.webhook"(world) {
    await refusedWithout("webhooks", world, WEBHOOK, { id: newWebhookId() });
    for (const told of await toldOfEach(world, "webhook")) {
      for (const who of tellers(world)) {
        if (who.project !== told.project) {
          const { data } = await likeNothing(world, who, WEBHOOK, told.webhookId, newWebhookId());
          expect(data.webhook).toBeNull();
          continue;
        }
        const { data } = await world.ask(who, WEBHOOK, { id: told.webhookId });
        const deliveries = [{ id: told.deliveryId, videoId: told.videoId }];
        expect(data.webhook, nameOf(who)).toMatchObject({ id: told.webhookId, deliveries });
      }
    }
    for (const who of tellers(world)) await removeWebhooks(world, who);
  },

  async "Query.webhookDeliveries"(world) {
    await refusedWithout("webhooks", world, DELIVERIES);
    for (const told of await toldOfEach(world, "deliveries")) {
      const { webhookId, videoId, deliveryId } = told;
      for (const who of tellers(world)) {
        const isOwn = who.project === told.project;
        for (const asked of [{ webhookId }, { videoId }, { webhookId, videoId }]) {
          const found = (await deliveriesTo(world, who, asked)).map(({ id }: { id: string }) => id);
          expect(found, nameOf(who)).toEqual(isOwn ? [deliveryId] : []);
        }
        const all = (await deliveriesTo(world, who, {})).map(({ id }: { id: string }) => id);
        if (isOwn) expect(all, nameOf(who)).toContain(deliveryId);
        else expect(all, nameOf(who)).not.toContain(deliveryId);
      }
    }
    for (const who of tellers(world)) await removeWebhooks(world, who);
  },

  async "Mutation.redeliverWebhook"(world) {
    await refusedWithout("webhooks", world, REDELIVER, { id: NO_DELIVERY });
    for (const { project, teller, deliveryId, videoId } of await toldOfEach(world, "again")) {
      for (const who of tellers(world)) {
        if (who.project === project) continue;
        expect(codeOf(await likeNothing(world, who, REDELIVER, deliveryId, NO_DELIVERY))).toBe("NOT_FOUND");
      }
      const { data } = await world.ask(teller, REDELIVER, { id: deliveryId });
      expect(data.redeliverWebhook.delivery).toMatchObject({ id: deliveryId, videoId });
    }
    for (const who of tellers(world)) await removeWebhooks(world, who);
  },

  "Mutation.enableWebhook": (world) => onlyOnesOwn(world, ENABLE_WEBHOOK, "enable", (data) => data.enableWebhook),

  "Mutation.deleteWebhook": (world) => onlyOnesOwn(world, DELETE_WEBHOOK, "delete", (data) => data.deleteWebhook),

  async "Mutation.rotateWebhookSecret"(world) {
    await onlyOnesOwn(world, ROTATE, "rotate", (data) => data.rotateWebhookSecret);
    // The project's: whoever is the first of a project to ask finds none before it, whatever others did.
    for (const project of PROJECTS) {
      for (const [nth, who] of tellers(world)
        .filter((one) => one.project === project)
        .entries()) {
        const { data } = await world.ask(who, ROTATE, {});
        expect(data.rotateWebhookSecret.previousSecretUntil === null, nameOf(who)).toBe(nth === 0);
      }
    }
  },
};
