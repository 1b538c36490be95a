import { useState } from "react";
import { DayRange } from "../design/day-range.tsx";
import { FieldError } from "../design/field.tsx";
import { SegmentedControl } from "../design/segmented-control.tsx";
import { dayOf } from "../format/day.ts";
import { PRESET_DAYS, rangeProblem, type UsageChoice, type UsageRange } from "./usage-range.ts";

interface UsageRangePickerProps {
  choice: UsageChoice;
  /** The days that are meant by it now. */
  range: UsageRange;
  onChange: (choice: UsageChoice) => void;
}

const SEGMENTS = [
  ...PRESET_DAYS.map((days) => ({ value: String(days), label: `${days} days`, name: `The last ${days} days` })),
  { value: "custom", label: "Custom", name: "Days of your choice" },
];

/** Which days to look at. */
export function UsageRangePicker({ choice, range, onChange }: UsageRangePickerProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const isCustom = !("days" in choice);

  function choose(value: string) {
    setProblem(null);
    const days = PRESET_DAYS.find((preset) => String(preset) === value);
    onChange(days === undefined ? range : { days });
  }
  function chooseDays(chosen: UsageRange) {
    const found = rangeProblem(chosen);
    setProblem(found);
    if (found === null) onChange(chosen);
  }

  return (
    <div className="usage-range">
      <SegmentedControl
        legend="Days"
        hideLegend
        value={isCustom ? "custom" : String(choice.days)}
        segments={SEGMENTS}
        onChange={choose}
      />
      {isCustom && (
        <DayRange label="Days in UTC" from={range.from} to={range.to} max={dayOf(Date.now())} onChange={chooseDays} />
      )}
      {problem !== null && <FieldError>{problem}</FieldError>}
    </div>
  );
}
