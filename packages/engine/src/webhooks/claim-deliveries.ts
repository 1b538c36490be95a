import type { WebhookEventType } from "@reelwire/core";
import type { Selectable } from "kysely";
import type { EngineDatabase } from "../database/database.ts";
import type { EngineSchema, WebhookDeliveriesTable } from "../database/schema.ts";
import { JobLost } from "../job-lost.ts";
import { nodeLives } from "../store.ts";
import type { ClaimedDelivery, DeliveryQueue } from "./delivery-queue.ts";
import { pendingInOrder } from "./pending-deliveries.ts";

/** A delivery that this node is to try now. */
export interface DueDelivery {
  job: ClaimedDelivery;
  id: string;
  webhookId: string | null;
  /** The video's UUID. */
  videoId: string;
  project: string;
  url: string;
  event: WebhookEventType;
}

/** What a claim may take. */
export interface ClaimRules {
  /** Whether one more may be under way here for a project. */
  mayTry(project: string, claimed: number): boolean;
  /** Groups of jobs that are left where they are. */
  exceptGroups: readonly string[];
}

/** What was claimed. */
export interface ClaimedDeliveries {
  due: DueDelivery[];
  /** The groups of what may not be tried now, each with its project: it was given back. */
  full: ReadonlyMap<string, string>;
  /** Whether there may be more that is due. */
  isMore: boolean;
}

const ANY: ClaimRules = { mayTry: () => true, exceptGroups: [] };

/**
 * Takes deliveries that are due for this node, all in one transaction: one that is under way always has a node that answers for it.
 * Jobs of what is not pending any more are ended.
 *
 * @throws {JobLost} where others have given up this node; nothing is claimed then
 */
export async function claimDeliveries(
  { db, queue }: { db: EngineDatabase<EngineSchema>; queue: DeliveryQueue },
  nodeId: string,
  limit: number,
  { mayTry, exceptGroups }: ClaimRules = ANY,
): Promise<ClaimedDeliveries> {
  return await db.transaction(async ({ kysely, executor }) => {
    const jobs = await queue.fetch(limit, executor, exceptGroups);
    if (jobs.length === 0) return { due: [], full: new Map(), isMore: false };
    if (!(await nodeLives(kysely, nodeId))) throw new JobLost();
    const rows = await kysely
      .updateTable("webhook_deliveries")
      .set({ node_id: nodeId })
      .where(
        "id",
        "in",
        pendingInOrder(kysely).where(
          "id",
          "in",
          jobs.map(({ id }) => id),
        ),
      )
      .returningAll()
      .execute();
    const byId = new Map(rows.map((row) => [row.id, row]));
    const due: DueDelivery[] = [];
    const full = new Map<string, string>();
    const untried: ClaimedDelivery[] = [];
    for (const job of jobs) {
      const row = byId.get(job.id);
      if (row === undefined) await queue.complete(job, executor);
      else if (mayTry(row.project, due.filter(({ project }) => project === row.project).length)) {
        due.push(dueFromRow(job, row));
      } else {
        untried.push(job);
        if (job.group !== null) full.set(job.group, row.project);
      }
    }
    await queue.handBack(untried, executor);
    return { due, full, isMore: true };
  });
}

function dueFromRow(job: ClaimedDelivery, row: Selectable<WebhookDeliveriesTable>): DueDelivery {
  const { id, webhook_id: webhookId, video_id: videoId, project, url, event } = row;
  return { job, id, webhookId, videoId, project, url, event: event as WebhookEventType };
}
