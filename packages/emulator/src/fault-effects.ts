import type { FaultName } from "./fault-list.ts";
import type { GenerationAnswer } from "./generation.ts";

/** What a fault does to a request, and whether before anything is done about the request or after. */
export type FaultEffect =
  | {
      readonly kind: "refuse";
      readonly when: "before" | "after";
      readonly statusCode: number;
      readonly message: string;
      readonly shape?: "html" | "other";
      readonly retryAfter?: (value: string | undefined) => string;
    }
  | { readonly kind: "cut" | "hold" | "delay"; readonly when: "before" | "after" }
  | { readonly kind: "malform"; readonly when: "after" }
  | {
      readonly kind: "rewrite";
      readonly when: "after";
      /** The answer to give instead; null where the fault does not concern this one. */
      readonly rewrite: (answer: GenerationAnswer, value: string | undefined) => GenerationAnswer | null;
    }
  | { readonly kind: "file"; readonly when: "file" }
  | { readonly kind: "generation"; readonly when: "accepting" };

/** The moment at which a fault takes effect. */
export type FaultMoment = FaultEffect["when"];

const internalError = { statusCode: 500, message: "Internal server error" };
const badGateway = { statusCode: 502, message: "Bad gateway", shape: "html" } as const;
const unavailable = { statusCode: 503, message: "Service unavailable" };
const gatewayTimeout = { statusCode: 504, message: "Gateway timeout" };
const rateLimited = { statusCode: 429, message: "Too many requests. Please slow down." };
const invalidBody = {
  statusCode: 400,
  message: "Invalid payload provided. duration: Expected 4 | 6 | 8, received '8'",
};

/** What each fault of the list does. */
export const faultEffects: Readonly<Record<FaultName, FaultEffect>> = {
  "rejected-key": refuse({ statusCode: 401, message: "Unauthorized: the API key is not valid." }),
  "out-of-credits": refuse({ statusCode: 403, message: "You've run out of credits. Please top up your balance." }),
  "invalid-body": refuse(invalidBody),
  "invalid-body-other-shape": refuse({ ...invalidBody, shape: "other" }),
  "not-found": refuse({ statusCode: 404, message: "Generation not found" }),
  "rate-limited": refuse(rateLimited),
  "rate-limited-retry-after": refuse({ ...rateLimited, retryAfter: (seconds = "2") => seconds }),
  "internal-error": refuse(internalError),
  "bad-gateway": refuse(badGateway),
  unavailable: refuse(unavailable),
  "gateway-timeout": refuse(gatewayTimeout),
  "internal-error-after-accepting": refuse(internalError, "after"),
  "bad-gateway-after-accepting": refuse(badGateway, "after"),
  "unavailable-after-accepting": refuse(unavailable, "after"),
  "gateway-timeout-after-accepting": refuse(gatewayTimeout, "after"),
  "lost-before-accepting": { kind: "cut", when: "before" },
  "lost-after-accepting": { kind: "cut", when: "after" },
  "lost-answer": { kind: "cut", when: "before" },
  slow: { kind: "delay", when: "before" },
  "slow-after-accepting": { kind: "delay", when: "after" },
  held: { kind: "hold", when: "before" },
  "held-after-accepting": { kind: "hold", when: "after" },
  "malformed-json": { kind: "malform", when: "after" },
  "unknown-status": rewrite((answer, status = "paused") => ({ ...answer, status })),
  "completed-without-url": rewrite((answer) => (answer.status === "completed" ? { ...answer, video: null } : null)),
  "generation-error": { kind: "generation", when: "accepting" },
  stuck: { kind: "generation", when: "accepting" },
  "late-log-row": { kind: "generation", when: "accepting" },
  "expired-file": refuse({ statusCode: 403, message: "Request has expired" }),
  "gone-file": refuse({ statusCode: 410, message: "Gone" }),
  "broken-off-file": { kind: "file", when: "file" },
  "not-an-mp4": { kind: "file", when: "file" },
};

type Refusal = Extract<FaultEffect, { kind: "refuse" }>;

function refuse(refusal: Omit<Refusal, "kind" | "when">, when: Refusal["when"] = "before"): FaultEffect {
  return { kind: "refuse", when, ...refusal };
}

function rewrite(rewriteAnswer: Extract<FaultEffect, { kind: "rewrite" }>["rewrite"]): FaultEffect {
  return { kind: "rewrite", when: "after", rewrite: rewriteAnswer };
}
