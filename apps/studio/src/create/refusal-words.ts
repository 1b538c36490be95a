import type { ReelwireError } from "@reelwire/react";
import { formatDateTime } from "../format/date.ts";
import { formatDuration } from "../format/duration.ts";
import { formatUsd } from "../format/money.ts";

/** Why a video was not made, in plain words. */
export interface RefusalWords {
  title: string;
  text: string;
}

const PERIODS = { DAY: "today", MONTH: "this month" } as const;
const OWNERS = { PROJECT: "The project's budget", KEY: "The budget of your key", SUBJECT: "Your budget" } as const;

/** What is said of a call that was refused, or that came to nothing. */
export function refusalWords({ code, message, budget, retryAfterMs }: ReelwireError): RefusalWords {
  switch (code) {
    case "BUDGET_EXCEEDED": {
      if (budget === null) return { title: "The budget does not allow it", text: message };
      const left = budget.leftUsd === null ? "too little" : formatUsd(budget.leftUsd);
      return {
        title: "The budget does not allow it",
        text: `${OWNERS[budget.kind]} has ${left} left ${PERIODS[budget.period]}. It renews ${formatDateTime(budget.renewsAt)}.`,
      };
    }
    case "RATE_LIMITED": {
      const when = retryAfterMs === null ? "in a moment" : `in ${formatDuration(retryAfterMs)}`;
      return { title: "Too many at once", text: `Nothing was made. Try again ${when}.` };
    }
    case "PRICE_TOO_HIGH":
      return {
        title: "It costs more than your limit",
        text: "Nothing was made. Raise the limit, or ask for less: a shorter video, or fewer pixels.",
      };
    case "PRICE_UNKNOWN":
      return {
        title: "The price is not known right now",
        text: "It is to be held to a price, so nothing was made. Take the limit away, or try again later.",
      };
    case "FORBIDDEN":
      return { title: "You may not make videos", text: message };
    case "NETWORK":
    case "UNAVAILABLE":
    case "BAD_ANSWER":
      return {
        title: "The gateway could not be reached",
        text: "Press again as soon as it is back: the same request is not paid for twice.",
      };
    case "BAD_INPUT":
      return { title: "Something is not right yet", text: message };
    default:
      return { title: "It was not made", text: message };
  }
}
