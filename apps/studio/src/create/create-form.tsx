import type { Model, ReelwireError } from "@reelwire/react";
import { type KeyboardEvent, type SubmitEvent, useEffect, useRef, useState } from "react";
import { Button } from "../design/button.tsx";
import { Card } from "../design/card.tsx";
import { TextField } from "../design/field.tsx";
import type { Draft } from "./draft.ts";
import { checkDraft, errorsFromGateway, type FieldErrors } from "./field-errors.ts";
import { FrameField } from "./frame-field.tsx";
import { firstFrameHint, lastFrameHint } from "./frame-hints.ts";
import { Price } from "./price.tsx";
import { PromptField } from "./prompt-field.tsx";
import { Refusal } from "./refusal.tsx";
import { Settings } from "./settings.tsx";
import { useFrame } from "./use-frame.ts";
import { usePastedPicture } from "./use-pasted-picture.ts";
import { useQuote } from "./use-quote.ts";
import "./create-form.css";

export interface CreateFormProps {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  models: readonly Model[];
  /** Why the last one was not made. */
  refused: ReelwireError | null;
  /** One is being made. */
  busy: boolean;
  onSubmit: (draft: Draft) => void;
}

const MODIFIER = /mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘" : "Ctrl";

/** All that a video can be asked to be. */
export function CreateForm({ draft, onChange, models, refused, busy, onSubmit }: CreateFormProps) {
  const model = models.find(({ id }) => id === draft.model) ?? models[0];
  if (model === undefined) throw new Error("The gateway knows no model.");
  const form = useRef<HTMLFormElement>(null);
  const prompt = useRef<HTMLTextAreaElement>(null);
  const [found, setFound] = useState<FieldErrors>({});
  // It is sent as soon as the pictures have arrived, and not without one that fails then.
  const [waiting, setWaiting] = useState(false);
  // What was refused is no longer what is asked for.
  const [outdated, setOutdated] = useState<ReelwireError | null>(null);
  const [moreOpen, setMoreOpen] = useState(draft.externalId !== "" || draft.maxUsd !== "");
  const quoted = useQuote(draft);
  const first = useFrame((firstFrame) => change({ firstFrame }), model.maxImageBytes);
  const last = useFrame((lastFrame) => change({ lastFrame }), model.maxImageBytes);
  const uploading = first.onItsWay !== null || last.onItsWay !== null;
  usePastedPicture((file) => (draft.firstFrame === null || draft.lastFrame !== null ? first : last).giveFile(file));

  function change(changed: Partial<Draft>) {
    setFound({});
    setOutdated(refused);
    onChange(changed);
  }
  useEffect(() => {
    if (refused !== null) setFound(errorsFromGateway(refused) ?? {});
  }, [refused]);
  if (!moreOpen && (found.externalId !== undefined || found.maxUsd !== undefined)) setMoreOpen(true);
  useEffect(() => {
    if (Object.keys(found).length > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [found]);
  useEffect(() => {
    if (!waiting || uploading) return;
    setWaiting(false);
    if (first.problem === null && last.problem === null) onSubmit(draft);
  }, [waiting, uploading, first.problem, last.problem, draft, onSubmit]);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (busy) return;
    const problems = checkDraft(draft, model?.maxPromptCharacters ?? Number.POSITIVE_INFINITY);
    setFound(problems);
    if (Object.keys(problems).length > 0) return;
    if (uploading) setWaiting(true);
    else onSubmit(draft);
  }
  function submitByKeys(event: KeyboardEvent) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.current?.requestSubmit();
  }

  const elsewhere = refused !== null && refused !== outdated && errorsFromGateway(refused) === null;
  return (
    <Card className="create-card" aria-label="What to make">
      <form ref={form} className="create-form" onSubmit={submit} onKeyDown={submitByKeys} noValidate>
        <PromptField
          ref={prompt}
          value={draft.prompt}
          onChange={(prompt) => change({ prompt })}
          maxCharacters={model.maxPromptCharacters}
          error={found.prompt}
        />
        <div className="create-form-frames">
          <FrameField
            label="First frame"
            frame={draft.firstFrame}
            source={first}
            error={found.imageUrl}
            hint={firstFrameHint(draft)}
          />
          <FrameField
            label="Last frame"
            frame={draft.lastFrame}
            source={last}
            error={found.lastImageUrl}
            hint={lastFrameHint(draft)}
          />
        </div>
        <Settings draft={draft} models={models} model={model} onChange={change} errors={found} />
        <details
          className="create-form-more"
          open={moreOpen}
          onToggle={(event) => setMoreOpen(event.currentTarget.open)}
        >
          <summary>Limits and names</summary>
          <div className="create-form-pair">
            <TextField
              label="Most it may cost"
              inputMode="decimal"
              placeholder="No limit"
              value={draft.maxUsd}
              onChange={(event) => change({ maxUsd: event.target.value })}
              error={found.maxUsd}
              hint="US dollars. Nothing is made for more."
            />
            <TextField
              label="Your own id"
              maxLength={255}
              placeholder="order-1042"
              value={draft.externalId}
              onChange={(event) => change({ externalId: event.target.value })}
              error={found.externalId}
              hint="To find the video again by."
            />
          </div>
        </details>
        {elsewhere && <Refusal error={refused} />}
        <div className="create-form-end">
          <Price quoted={quoted} maxUsd={draft.maxUsd} isEmulated={model?.isEmulated ?? false} />
          <Button
            type="submit"
            variant="primary"
            busy={busy || (waiting && uploading)}
            aria-keyshortcuts="Control+Enter Meta+Enter"
          >
            {busy ? "Being made" : waiting && uploading ? "Uploading" : "Make the video"}
          </Button>
          <kbd className="create-form-keys">{MODIFIER} ↵</kbd>
        </div>
      </form>
    </Card>
  );
}
