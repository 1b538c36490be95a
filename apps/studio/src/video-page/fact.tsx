import Copy from "lucide-react/icons/copy";
import type { ReactNode } from "react";
import { IconButton } from "../design/button.tsx";
import { useCopy } from "./use-copy.ts";

/** A line of a description list. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A line with an id that others may ask for. */
export function IdFact({ name, id }: { name: string; id: string }) {
  const copy = useCopy();
  return (
    <Fact name={name}>
      <span className="fact-id">{id}</span>
      <IconButton icon={Copy} label={`Copy ${name.toLowerCase()}`} onClick={() => copy(id, "Copied.")} />
    </Fact>
  );
}
