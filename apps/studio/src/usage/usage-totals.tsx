import { formatDuration } from "../format/duration.ts";
import { formatCount, formatUsd } from "../format/money.ts";
import type { UsageSum } from "./usage-sums.ts";

/** All days together. */
export function UsageTotals({ total }: { total: UsageSum }) {
  const { videos, completed, seconds, spentUsd, heldUsd } = total;
  return (
    <dl className="usage-totals">
      <Total name="Spent" value={formatUsd(spentUsd)} note="charged, as far as is known" />
      <Total name="Held" value={formatUsd(heldUsd)} note="until it is known" />
      <Total name="Videos" value={formatCount(videos)} note={`${formatCount(completed)} finished`} />
      <Total name="Length" value={formatDuration(seconds * 1000)} note="of what is finished" />
    </dl>
  );
}

function Total({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div className="usage-total">
      <dt>{name}</dt>
      <dd>{value}</dd>
      <dd className="usage-total-note">{note}</dd>
    </div>
  );
}
