import Search from "lucide-react/icons/search";
import { useEffect, useState } from "react";
import { MAX_SEARCH_CHARACTERS } from "./gallery-filter.ts";

/** Whoever types has paused for so long. */
const PAUSE_MS = 250;

interface SearchFieldProps {
  /** What is looked for now. */
  value: string;
  onChange: (text: string) => void;
}

/** Looks for what is typed once its typing pauses, or at once by Enter. */
export function SearchField({ value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [sought, setSought] = useState(value);
  // Changed from elsewhere, as by going back.
  if (sought !== value) {
    setSought(value);
    setText(value);
  }

  useEffect(() => {
    if (text === value) return;
    const pause = setTimeout(() => {
      setSought(text);
      onChange(text);
    }, PAUSE_MS);
    return () => clearTimeout(pause);
  }, [text, value, onChange]);

  return (
    <form
      className="search-field"
      onSubmit={(event) => {
        event.preventDefault();
        if (text !== value) onChange(text);
      }}
    >
      <Search size={17} aria-hidden="true" />
      <input
        className="input"
        type="search"
        aria-label="Search in prompts and external ids"
        placeholder="Search prompts and external ids"
        maxLength={MAX_SEARCH_CHARACTERS}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </form>
  );
}
