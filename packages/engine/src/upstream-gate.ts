import { sql } from "kysely";
import type { EngineTransaction } from "./database/database.ts";
import type { EngineSchema } from "./database/schema.ts";
import { createPollPace, type PollPace } from "./poll-pace.ts";
import { createSubmissionLine, type SubmissionLine } from "./submission-line.ts";
import { decideShares, type LimitShares, type Others, type UpstreamLimits, wholeShares } from "./upstream-limits.ts";

/** The one way to the upstream: what all nodes together may ask of it in a second, and at a time. */
export interface UpstreamGate {
  readonly submissions: SubmissionLine;
  readonly polls: PollPace;
  /** Agrees with the other nodes, within a heartbeat's transaction: they do so one after another. */
  agree(transaction: EngineTransaction<EngineSchema>, nodeId: string): Promise<void>;
  close(): void;
}

/**
 * Makes the gate of one node.
 *
 * @param isAlone whether no other node can be: then it has the limits for itself. Otherwise it has nothing of them until
 *   the others have agreed.
 */
export function createUpstreamGate(limits: UpstreamLimits, isAlone: boolean): UpstreamGate {
  const submissions = createSubmissionLine();
  const polls = createPollPace();
  const isLimited = Object.values(limits).some((limit) => limit !== null);
  const apply = (shares: LimitShares) => {
    submissions.setShares(shares);
    polls.setShare(shares.pollsPerSecond);
  };
  apply(isAlone ? wholeShares(limits) : decideShares(limits, { generations: 0, waiting: 0 }, nobodyKnown(limits)));

  async function agreeOnShares({ kysely }: EngineTransaction<EngineSchema>, nodeId: string): Promise<void> {
    const nodes = await kysely
      .selectFrom("nodes")
      .select(["lost", "generations", "generations_wanted", "waiting", "submissions_per_second", "polls_per_second"])
      .where("carries", "=", true)
      .where("id", "<>", nodeId)
      .execute();
    const others: Others = {
      held: {
        submissionsPerSecond: sum(nodes.map((node) => node.submissions_per_second)),
        generations: sum(nodes.map((node) => node.generations)),
        pollsPerSecond: sum(nodes.map((node) => node.polls_per_second)),
      },
      demands: nodes
        .filter((node) => !node.lost)
        .map(({ generations_wanted, waiting }) => ({ generations: generations_wanted - waiting, waiting })),
    };
    const demand = submissions.demand();
    const shares = decideShares(limits, demand, others);
    await kysely
      .updateTable("nodes")
      .set({
        generations: finite(shares.generations),
        generations_wanted: demand.generations + demand.waiting,
        waiting: demand.waiting,
        submissions_per_second: finite(shares.submissionsPerSecond),
        polls_per_second: finite(shares.pollsPerSecond),
      })
      .where("id", "=", nodeId)
      .execute();
    apply(shares);
  }

  /** Says for how long the upstream wants this node to leave it alone, and hears what it told the others. */
  async function agreeOnPauses({ kysely }: EngineTransaction<EngineSchema>): Promise<void> {
    for (const [endpoint, ours] of [
      ["submit", submissions],
      ["poll", polls],
    ] as const) {
      const ms = ours.pausedForMs();
      if (ms <= 0) continue;
      await sql`
        INSERT INTO upstream_pauses (endpoint, until)
        VALUES (${endpoint}, clock_timestamp() + ${ms} * interval '1 millisecond')
        ON CONFLICT (endpoint) DO UPDATE SET until = greatest(upstream_pauses.until, excluded.until)
      `.execute(kysely);
    }
    const { rows } = await sql<{ endpoint: string; ms: number }>`
      SELECT endpoint, extract(epoch FROM until - clock_timestamp())::float8 * 1000 AS ms
      FROM upstream_pauses WHERE until > clock_timestamp()
    `.execute(kysely);
    for (const { endpoint, ms } of rows) {
      if (endpoint === "submit") submissions.pauseFor(ms);
      if (endpoint === "poll") polls.pauseFor(ms);
    }
  }

  return {
    submissions,
    polls,
    async agree(transaction, nodeId) {
      await agreeOnPauses(transaction);
      if (isLimited) await agreeOnShares(transaction, nodeId);
    },
    close: () => submissions.close(),
  };
}

/** Before the others were asked, they may hold everything. */
function nobodyKnown(limits: UpstreamLimits): Others {
  return { held: wholeShares(limits), demands: [] };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** `nodes` keeps no infinity: where there is no limit, nobody reads it. */
function finite(share: number): number {
  return Number.isFinite(share) ? share : 0;
}
