/** What the upstream says of one generation, read leniently: a status it has not documented becomes `unknown`. */
export interface Generation {
  id: string;
  status: "queued" | "generating" | "completed" | "error" | "unknown";
  /** Address of the file, once `completed`. */
  url: string | null;
  error: { name: string; message: string } | null;
  usage: GenerationUsage | null;
}

export interface GenerationUsage {
  creditsUsed: number;
  /** In US dollars; `null` when the upstream gave credits alone. */
  usdSpent: number | null;
}

/** Credits that are one US dollar: the ratio in every sample of the upstream's documentation (assumption A6). */
export const CREDITS_PER_USD = 2_000_000;
