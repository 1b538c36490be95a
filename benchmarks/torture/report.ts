import type { Experiences } from "./customers.ts";
import type { Evidence } from "./evidence.ts";
import type { MisfortuneKind } from "./misfortunes.ts";
import type { NodeNotes } from "./node-process.ts";
import { RULES } from "./rules.ts";
import type { TortureSettings } from "./settings.ts";

/** What a torture was, and what came out. */
export interface TortureReport {
  settings: TortureSettings;
  durationMs: number;
  misfortunes: ReadonlyMap<MisfortuneKind, number>;
  /** How often each fault of the emulator took effect, as `point/name`. */
  faults: ReadonlyMap<string, number>;
  notes: NodeNotes;
  experiences: Experiences;
  evidence: Evidence;
  /** Who broke which rule, by its name. All are there, most with nobody. */
  breaches: ReadonlyMap<string, readonly string[]>;
}

/** Holds the evidence to every rule. */
export function judge(evidence: Evidence): Map<string, string[]> {
  return new Map(RULES.map(({ name, breaches }) => [name, breaches(evidence)]));
}

/** Every breach, a line each. */
export function breachLines({ breaches }: Pick<TortureReport, "breaches">): string[] {
  return [...breaches].flatMap(([rule, who]) => who.map((one) => `${rule}: ${one}`));
}
