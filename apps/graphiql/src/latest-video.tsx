import { pick, useGraphiQL } from "@graphiql/react";
import { useEffect, useState } from "react";
import { SOME_VIDEO } from "./example-tabs.ts";

/**
 * Writes the id of the video that was made last into the variables of the tab that is looked at, where the example has left room for it, or
 * that of an earlier one stands.
 */
export function LatestVideo({ id }: { id: string | null }) {
  const { variableEditor, activeTabIndex } = useGraphiQL(pick("variableEditor", "activeTabIndex"));
  const [earlier] = useState(() => new Set([SOME_VIDEO]));
  if (id === null || variableEditor === undefined) return null;
  return <Written key={`${activeTabIndex} ${id}`} id={id} earlier={earlier} editor={variableEditor} />;
}

interface WrittenProps {
  id: string;
  /** What it takes the place of. */
  earlier: Set<string>;
  editor: { getValue(): string; setValue(text: string): void };
}

function Written({ id, earlier, editor }: WrittenProps) {
  useEffect(() => {
    const variables = editor.getValue();
    for (const before of earlier) {
      if (before !== id && variables.includes(`"${before}"`)) editor.setValue(variables.replace(before, id));
    }
    earlier.add(id);
  }, [id, earlier, editor]);
  return null;
}
