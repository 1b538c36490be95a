import type { LucideIcon } from "lucide-react";
import { type ReactNode, useId } from "react";
import { FieldError } from "./field.tsx";
import "./segmented-control.css";

export interface Segment<T extends string> {
  value: T;
  label: ReactNode;
  icon?: LucideIcon;
  /** Its name for screen readers, where the label does not say enough. */
  name?: string;
}

export interface SegmentedControlProps<T extends string> {
  legend: string;
  /** The legend is there for screen readers only. */
  hideLegend?: boolean;
  value: T;
  segments: readonly Segment<T>[];
  onChange: (value: T) => void;
  hint?: ReactNode;
  error?: string | null | undefined;
  size?: "medium" | "small";
}

/** One of a few that are all to be seen: radio buttons, and used like them. */
export function SegmentedControl<T extends string>({
  legend,
  hideLegend = false,
  value,
  segments,
  onChange,
  hint,
  error,
  size = "medium",
}: SegmentedControlProps<T>) {
  const id = useId();
  const described = [hint != null && `${id}-hint`, error != null && `${id}-error`].filter(Boolean).join(" ");
  return (
    <fieldset className={`segmented segmented-${size}`} aria-describedby={described === "" ? undefined : described}>
      <legend className={hideLegend ? "visually-hidden" : "segmented-legend"}>{legend}</legend>
      <div className="segmented-track">
        {segments.map(({ value: own, label, icon: Sign, name }) => (
          <label key={own} className="segment" title={name}>
            <input
              type="radio"
              name={id}
              value={own}
              checked={own === value}
              onChange={() => onChange(own)}
              aria-label={name}
            />
            {Sign !== undefined && <Sign size={size === "small" ? 15 : 17} aria-hidden="true" />}
            {label != null && <span>{label}</span>}
          </label>
        ))}
      </div>
      {error != null && <FieldError id={`${id}-error`}>{error}</FieldError>}
      {hint != null && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </fieldset>
  );
}
