import { toUsd } from "./price.ts";

/** One movement of the balance. */
export interface LedgerEntry {
  /** Counts up from 0 in order of time. */
  readonly sequence: number;
  readonly at: number;
  readonly direction: "TOPUP" | "CHARGE";
  readonly type: "PAYMENT" | "BONUS" | "REFUND" | "ADJUSTMENT" | "MODEL_USAGE" | "CREDITS_EXPIRED" | "INIT";
  readonly credits: number;
  readonly model: string | null;
  readonly referenceId: string | null;
}

/** What one generation was charged. */
export interface Charge {
  readonly generationId: string;
  readonly usd: number;
  readonly credits: number;
  /** Emulator time, in milliseconds since the epoch. */
  readonly at: number;
}

/** The account's money, in whole credits. Entries are only ever added. */
export class Ledger {
  readonly entries: LedgerEntry[] = [];
  readonly charges: Charge[] = [];
  readonly #chargeById = new Map<string, Charge>();
  #balance = 0;
  #reserved = 0;

  constructor(openingCredits: number, at: number) {
    this.#add({ at, direction: "TOPUP", type: "INIT", credits: openingCredits, model: null, referenceId: null });
  }

  /** Credits, as billing reports them: generations under way are not yet taken off. */
  get balance(): number {
    return this.#balance;
  }

  get balanceUsd(): number {
    return toUsd(this.#balance);
  }

  /** Whether enough credits are left for a generation. */
  covers(credits: number): boolean {
    return this.#balance - this.#reserved >= credits;
  }

  /** Sets credits aside for a generation. */
  reserve(credits: number): void {
    this.#reserved += credits;
  }

  release(credits: number): void {
    this.#reserved -= credits;
  }

  /** Turns what was reserved into a charge. */
  charge(generationId: string, credits: number, model: string, at: number): Charge {
    this.release(credits);
    this.#add({ at, direction: "CHARGE", type: "MODEL_USAGE", credits, model, referenceId: generationId });
    const charge = { generationId, usd: toUsd(credits), credits, at };
    this.charges.push(charge);
    this.#chargeById.set(generationId, charge);
    return charge;
  }

  chargeOf(generationId: string): Charge | undefined {
    return this.#chargeById.get(generationId);
  }

  #add(entry: Omit<LedgerEntry, "sequence">): void {
    this.#balance += entry.direction === "TOPUP" ? entry.credits : -entry.credits;
    this.entries.push({ sequence: this.entries.length, ...entry });
  }
}
