import type { Charge } from "./ledger.ts";

/** When the row of an accepted request is listed: so many milliseconds of emulator time later, or once it has ended. */
export type LogDelay = number | "finished";

/** One create request, as the log keeps it. */
export interface LogRow {
  readonly at: number;
  /** The key it was made with: a key sees only its own requests. */
  readonly key: string;
  readonly model: string;
  readonly requestId: string;
  readonly inferenceId: string;
  readonly clientRequestId: string | null;
  status: "succeeded" | "failed";
  /** From when on it is listed; null while that is not known. */
  listedAt: number | null;
}

/** What a caller narrows the log to. */
export interface LogQuery {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly models: readonly string[];
  readonly statuses: readonly string[];
}

/** Every create request made with a known key, in order of time. */
export class RequestLog {
  readonly #rows: LogRow[] = [];

  add(row: LogRow): LogRow {
    this.#rows.push(row);
    return row;
  }

  /** The rows listed by now, newest first. */
  find(query: LogQuery, now: number): LogRow[] {
    return this.#rows
      .filter(
        (row) =>
          row.listedAt !== null &&
          row.listedAt <= now &&
          row.key === query.key &&
          row.at >= query.from &&
          row.at <= query.to &&
          (query.models.length === 0 || query.models.some((model) => isModel(row.model, model))) &&
          (query.statuses.length === 0 || query.statuses.includes(row.status)),
      )
      .reverse();
  }
}

/** A row as the API lists it. */
export function presentRow(row: LogRow, charge: Charge | undefined) {
  return {
    created: new Date(row.at).toISOString(),
    status: row.status,
    origin: "api",
    model: row.model,
    cost: { usd: charge?.usd ?? 0, credits: charge?.credits ?? 0 },
    tokens: { input: 0, output: 0, total: 0 },
    request_id: row.requestId,
    inference_id: row.inferenceId,
    client_request_id: row.clientRequestId,
  };
}

/** `source/alias` and the bare alias both name a model. */
function isModel(model: string, wanted: string): boolean {
  return model === wanted || model.slice(model.indexOf("/") + 1) === wanted;
}
