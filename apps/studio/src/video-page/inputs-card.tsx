import type { Video } from "@reelwire/react";
import { Card } from "../design/card.tsx";
import { aspectRatioWords, PERSON_GENERATION_WORDS, RESOLUTION_WORDS } from "../format/input-words.ts";
import { Fact, IdFact } from "./fact.tsx";
import { useVideoFrames } from "./use-video-frames.ts";

/** What the video was asked to be, and by what it is known. */
export function InputsCard({ video }: { video: Video }) {
  const frames = useVideoFrames(video.id);
  return (
    <Card aria-labelledby="inputs">
      <h2 id="inputs">Details</h2>
      {frames !== null && (frames.imageUrl !== null || frames.lastImageUrl !== null) && (
        <div className="frames">
          <Frame url={frames.imageUrl} name="First frame" />
          <Frame url={frames.lastImageUrl} name="Last frame" />
        </div>
      )}
      <dl className="facts">
        <Fact name="Model">{video.model}</Fact>
        <Fact name="Length">{video.durationSeconds} s</Fact>
        <Fact name="Resolution">{RESOLUTION_WORDS[video.resolution]}</Fact>
        <Fact name="Shape">{aspectRatioWords(video.aspectRatio)}</Fact>
        <Fact name="Sound">{video.generateAudio ? "With sound" : "Silent"}</Fact>
        <Fact name="People">{PERSON_GENERATION_WORDS[video.personGeneration]}</Fact>
        <IdFact name="Id" id={video.id} />
        {video.externalId !== null && <IdFact name="External id" id={video.externalId} />}
        {video.generationId !== null && <IdFact name="Generation id" id={video.generationId} />}
      </dl>
    </Card>
  );
}

function Frame({ url, name }: { url: string | null; name: string }) {
  if (url === null) return null;
  return (
    <figure>
      <img src={url} alt={name} loading="lazy" decoding="async" referrerPolicy="no-referrer" />
      <figcaption>{name}</figcaption>
    </figure>
  );
}
