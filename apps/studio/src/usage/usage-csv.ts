import type { Usage } from "@reelwire/react";
import { csvFormatRow } from "d3-dsv";
import type { UsageRange } from "./usage-range.ts";

const HEADER = ["day", "model", "videos", "completed", "seconds", "spent_usd", "held_usd"];

/** A table as of RFC 4180 with a header: one row for each day in UTC and model, the oldest first. */
export function usageCsv(rows: readonly Usage[]): string {
  const lines = rows
    .map(({ day, model, videos, completed, seconds, spentUsd, heldUsd }) => [
      day?.slice(0, 10) ?? "",
      withoutFormula(model ?? ""),
      ...[videos, completed, seconds, spentUsd, heldUsd].map(String),
    ])
    .sort(([dayA = "", modelA = ""], [dayB = "", modelB = ""]) =>
      dayA === dayB ? modelA.localeCompare(modelB) : dayA.localeCompare(dayB),
    );
  return [HEADER, ...lines].map((line) => `${csvFormatRow(line)}\r\n`).join("");
}

/** Spreadsheets calculate what begins so; an apostrophe has them take it as text (https://owasp.org/www-community/attacks/CSV_Injection). */
function withoutFormula(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** As `reelwire-usage-2026-11-01-to-2026-11-22.csv`. */
export function usageFileName({ from, to }: UsageRange): string {
  return `reelwire-usage-${from}-to-${to}.csv`;
}
