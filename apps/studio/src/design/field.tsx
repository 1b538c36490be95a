import { type ComponentProps, type ReactNode, useId } from "react";
import "./field.css";

/** What the control of a field takes, to be known by the field's label, hint and error. */
export interface FieldControl {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

export interface FieldProps {
  label: ReactNode;
  /** Said below, always. */
  hint?: ReactNode;
  /** What is wrong with it, and what to do. */
  error?: string | null | undefined;
  /** At the end of the label's line, as a count of characters. */
  aside?: ReactNode;
  /** By which others find the control. */
  id?: string | undefined;
  children: (control: FieldControl) => ReactNode;
}

/** A control with its label, what is to be known of it, and what is wrong with it. */
export function Field({ label, hint, error, aside, id, children }: FieldProps) {
  const own = useId();
  const control = id ?? own;
  const described = [hint != null && `${own}-hint`, error != null && `${own}-error`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <div className="field-head">
        <label htmlFor={control}>{label}</label>
        {aside}
      </div>
      {children({
        id: control,
        "aria-describedby": described === "" ? undefined : described,
        "aria-invalid": error == null ? undefined : true,
      })}
      {error != null && <FieldError id={`${own}-error`}>{error}</FieldError>}
      {hint != null && (
        <p className="field-hint" id={`${own}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

export function FieldError({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p className="field-error" id={id}>
      {children}
    </p>
  );
}

interface TextFieldProps extends Omit<FieldProps, "children">, Omit<ComponentProps<"input">, "id" | "children"> {}

/** A line of text with its label. */
export function TextField({ label, hint, error, aside, id, ...props }: TextFieldProps) {
  return (
    <Field {...{ label, hint, error, aside, id }}>
      {(control) => <input className="input" autoComplete="off" {...props} {...control} />}
    </Field>
  );
}

interface SelectFieldProps<T extends string> extends Omit<FieldProps, "children"> {
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** One of many, in the browser's own list. */
export function SelectField<T extends string>({ value, options, onChange, ...field }: SelectFieldProps<T>) {
  return (
    <Field {...field}>
      {(control) => (
        <span className="select">
          <select
            className="input"
            {...control}
            value={value}
            onChange={(event) => {
              const chosen = options.find((option) => option.value === event.target.value);
              if (chosen !== undefined) onChange(chosen.value);
            }}
          >
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
        </span>
      )}
    </Field>
  );
}
