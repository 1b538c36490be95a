import { useState } from "react";
import { Button } from "../design/button.tsx";
import { formatUtcDayAndYear } from "../format/date.ts";
import { formatDuration } from "../format/duration.ts";
import { formatCount, formatUsd } from "../format/money.ts";
import type { NamedSum } from "./usage-sums.ts";

/** As many days as are shown before more are asked for. */
const FEW_DAYS = 14;

/** The same numbers as the chart's: the newest day first. */
export function DayTable({ days }: { days: readonly NamedSum[] }) {
  const [isWhole, setWhole] = useState(false);
  const newest = days.toReversed().slice(0, isWhole ? days.length : FEW_DAYS);
  const rows = newest.map((day) => ({ ...day, name: formatUtcDayAndYear(`${day.name}T00:00:00Z`) }));
  return (
    <>
      <SumTable caption="Usage by day, in UTC, the newest first" head="Day" rows={rows} />
      {days.length > FEW_DAYS && (
        <div>
          <Button size="small" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? "Show fewer days" : `Show all ${days.length} days`}
          </Button>
        </div>
      )}
    </>
  );
}

export function ModelTable({ models }: { models: readonly NamedSum[] }) {
  return <SumTable caption="Usage by model, the dearest first" head="Model" rows={models} />;
}

interface SumTableProps {
  caption: string;
  head: string;
  rows: readonly NamedSum[];
}

function SumTable({ caption, head, rows }: SumTableProps) {
  return (
    <table className="usage-table">
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">Videos</th>
          <th scope="col" className="usage-table-wide">
            Finished
          </th>
          <th scope="col" className="usage-table-wide">
            Length
          </th>
          <th scope="col">Spent</th>
          <th scope="col">Held</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, videos, completed, seconds, spentUsd, heldUsd }) => (
          <tr key={name} className={videos === 0 ? "usage-table-nothing" : undefined}>
            <th scope="row">{name}</th>
            <td>{formatCount(videos)}</td>
            <td className="usage-table-wide">{formatCount(completed)}</td>
            <td className="usage-table-wide">{seconds === 0 ? "–" : formatDuration(seconds * 1000)}</td>
            <td>{formatUsd(spentUsd)}</td>
            <td>{formatUsd(heldUsd)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
