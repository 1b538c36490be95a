import type { Ref } from "react";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { formatCount } from "../format/money.ts";
import "./prompt-field.css";

/** To begin with, for whoever has no idea yet. */
const IDEAS = [
  {
    label: "Paper boat",
    prompt: "A paper boat sails down a rainy street, close to the water, evening light, rain on the lens",
  },
  {
    label: "Night train",
    prompt: "Through the window of a night train: a sleeping town passes, warm lamps, a slow dolly to the left",
  },
  {
    label: "First coffee",
    prompt: "Macro shot of coffee poured into a glass cup, steam in the morning sun, quiet kitchen sounds",
  },
] as const;

export interface PromptFieldProps {
  value: string;
  onChange: (prompt: string) => void;
  /** `null` until it is known. */
  maxCharacters: number | null;
  error?: string | undefined;
  ref: Ref<HTMLTextAreaElement>;
}

export function PromptField({ value, onChange, maxCharacters, error, ref }: PromptFieldProps) {
  const tooLong = maxCharacters !== null && value.length > maxCharacters;
  return (
    <div className="prompt-field">
      <Field
        id="prompt"
        label="What should it show?"
        error={error}
        aside={
          maxCharacters !== null && (
            <span className="prompt-field-count" data-too-long={tooLong}>
              {formatCount(value.length)} / {formatCount(maxCharacters)}
              <span className="visually-hidden"> characters</span>
            </span>
          )
        }
      >
        {(control) => (
          <textarea
            {...control}
            ref={ref}
            className="input prompt-field-text"
            rows={4}
            required
            placeholder="Scene, subject, action, mood, camera, sound…"
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
      {value === "" && (
        <fieldset className="prompt-field-ideas">
          <legend className="visually-hidden">Ideas to begin with</legend>
          {IDEAS.map(({ label, prompt }) => (
            <Button key={label} size="small" onClick={() => onChange(prompt)}>
              {label}
            </Button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
