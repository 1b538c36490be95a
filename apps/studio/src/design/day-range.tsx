import { useState } from "react";
import "./day-range.css";

export interface DayRangeProps {
  /** For screen readers: of what. */
  label: string;
  /** As `2026-11-22`, or `""`. */
  from: string;
  to: string;
  /** The last day that can be chosen. */
  max: string;
  /** Both days, whenever one of them was chosen. The other follows where it would be on the wrong side. */
  onChange: (range: { from: string; to: string }) => void;
}

/** Nothing was made before it. A year that is being typed is no day yet. */
const EARLIEST = "2020-01-01";

/** Two days, by the browser's own calendar or typed. */
export function DayRange({ label, from, to, max, onChange }: DayRangeProps) {
  return (
    <fieldset className="day-range">
      <legend className="visually-hidden">{label}</legend>
      <DayField
        label="From"
        value={from}
        max={max}
        onChange={(day) => onChange({ from: day, to: to < day ? day : to })}
      />
      <DayField
        label="to"
        value={to}
        max={max}
        onChange={(day) => onChange({ from: from > day ? day : from, to: day })}
      />
    </fieldset>
  );
}

interface DayFieldProps {
  label: string;
  value: string;
  max: string;
  onChange: (day: string) => void;
}

function DayField({ label, value, max, onChange }: DayFieldProps) {
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  if (told !== value) {
    setTold(value);
    setTyped(value);
  }
  return (
    <label>
      {label}
      <input
        className="input"
        type="date"
        min={EARLIEST}
        max={max}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          if (target.value !== "" && target.validity.valid) onChange(target.value);
        }}
      />
    </label>
  );
}
