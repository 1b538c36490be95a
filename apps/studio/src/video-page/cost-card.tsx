import { isFinal, type Video } from "@reelwire/react";
import { Card } from "../design/card.tsx";
import { formatCount, formatUsd } from "../format/money.ts";
import { Fact } from "./fact.tsx";

/** What was expected, and what was charged. */
export function CostCard({ video }: { video: Video }) {
  const { estimatedUsd, chargedUsd, credits } = video.cost;
  return (
    <Card aria-labelledby="cost">
      <h2 id="cost">Cost</h2>
      <dl className="facts">
        <Fact name="Expected">{estimatedUsd === null ? "Not known" : formatUsd(estimatedUsd)}</Fact>
        <Fact name="Charged">{chargedUsd === null ? notCharged(video) : <strong>{formatUsd(chargedUsd)}</strong>}</Fact>
        {credits !== null && <Fact name="Credits">{formatCount(credits)}</Fact>}
      </dl>
    </Card>
  );
}

/** Why there is no charge, as far as that is known. */
function notCharged({ status, submittedAt, error }: Video): string {
  if (!isFinal(status)) return "When it is finished";
  if (submittedAt === null || error?.billed === false) return "Nothing";
  return "Not reported";
}
