import { useState } from "react";
import { DayRange } from "../design/day-range.tsx";
import { addDays, localDayOf } from "../format/day.ts";
import type { GalleryFilter } from "./gallery-filter.ts";

type Created = Pick<GalleryFilter, "from" | "to">;

interface CreatedFilterProps extends Created {
  onChange: (created: Created) => void;
}

/** How many days back, today included. */
const PERIODS = [
  { value: "1", label: "Today" },
  { value: "7", label: "Last 7 days" },
  { value: "30", label: "Last 30 days" },
] as const;

/** When a video was created: in some last days, or on days of the viewer's choice. */
export function CreatedFilter({ from, to, onChange }: CreatedFilterProps) {
  const today = localDayOf(Date.now());
  const daysBefore = (days: string) => addDays(today, 1 - Number(days));
  const period = to === null ? PERIODS.find(({ value }) => from === daysBefore(value))?.value : undefined;
  const [isChoosing, setChoosing] = useState(false);
  const isAny = from === null && to === null;
  const value = isChoosing || (!isAny && period === undefined) ? "days" : (period ?? "any");

  function choose(chosen: string) {
    setChoosing(chosen === "days");
    if (chosen === "any") onChange({ from: null, to: null });
    else if (chosen === "days") onChange({ from: from ?? daysBefore("7"), to: to ?? today });
    else onChange({ from: daysBefore(chosen), to: null });
  }

  return (
    <div className="gallery-created">
      <span className="select">
        <select className="input" aria-label="Created" value={value} onChange={(event) => choose(event.target.value)}>
          <option value="any">Any time</option>
          {PERIODS.map((period) => (
            <option key={period.value} value={period.value}>
              {period.label}
            </option>
          ))}
          <option value="days">Choose days</option>
        </select>
      </span>
      {value === "days" && (
        <DayRange
          label="Created"
          from={from ?? ""}
          to={to ?? ""}
          max={today}
          onChange={(range) => onChange({ from: range.from || null, to: range.to || null })}
        />
      )}
    </div>
  );
}
