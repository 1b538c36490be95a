import type { AspectRatio, Model, PersonGeneration, Resolution } from "@reelwire/react";
import RectangleHorizontal from "lucide-react/icons/rectangle-horizontal";
import RectangleVertical from "lucide-react/icons/rectangle-vertical";
import Scan from "lucide-react/icons/scan";
import { SelectField } from "../design/field.tsx";
import { SegmentedControl } from "../design/segmented-control.tsx";
import { SwitchField } from "../design/switch-field.tsx";
import { RESOLUTION_WORDS } from "../format/input-words.ts";
import type { Draft } from "./draft.ts";
import type { FieldErrors } from "./field-errors.ts";
import "./settings.css";

export interface SettingsProps {
  draft: Draft;
  models: readonly Model[];
  /** The one that is chosen. */
  model: Model;
  onChange: (change: Partial<Draft>) => void;
  errors: FieldErrors;
}

const SHAPES = {
  LANDSCAPE_16_9: { label: "16:9", icon: RectangleHorizontal, name: "Landscape, 16:9" },
  PORTRAIT_9_16: { label: "9:16", icon: RectangleVertical, name: "Portrait, 9:16" },
} as const satisfies Record<AspectRatio, unknown>;

const PEOPLE: Readonly<Record<PersonGeneration, string>> = { ALLOW_ADULT: "Adults", DONT_ALLOW: "Nobody" };

const UPSTREAM_CHOOSES = "";

/** How the video is to be; what can be chosen is what the model says. */
export function Settings({ draft, models, model, onChange, errors }: SettingsProps) {
  return (
    <div className="settings">
      {models.length > 1 && (
        <SelectField
          label="Model"
          value={model.id}
          options={models.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(id) => onChange({ model: id })}
          error={errors.model}
        />
      )}
      <SegmentedControl<AspectRatio | typeof UPSTREAM_CHOOSES>
        legend="Shape"
        value={draft.aspectRatio ?? UPSTREAM_CHOOSES}
        segments={[
          { value: UPSTREAM_CHOOSES, label: "Auto", icon: Scan, name: "Auto: the upstream chooses" },
          ...model.aspectRatios.map((value) => ({ value, ...SHAPES[value] })),
        ]}
        onChange={(shape) => onChange({ aspectRatio: shape === UPSTREAM_CHOOSES ? null : shape })}
        error={errors.aspectRatio}
      />
      <div className="settings-pair">
        <SegmentedControl<Resolution>
          legend="Resolution"
          value={draft.resolution}
          segments={model.resolutions.map((value) => ({ value, label: RESOLUTION_WORDS[value] }))}
          onChange={(resolution) => onChange({ resolution })}
          error={errors.resolution}
        />
        <SegmentedControl
          legend="Length"
          value={String(draft.durationSeconds)}
          segments={model.durationsSeconds.map((seconds) => ({
            value: String(seconds),
            label: `${seconds} s`,
            name: `${seconds} seconds`,
          }))}
          onChange={(seconds) => onChange({ durationSeconds: Number(seconds) })}
          error={errors.durationSeconds}
        />
      </div>
      <SegmentedControl<PersonGeneration>
        legend="People"
        value={draft.personGeneration}
        segments={model.personGenerations.map((value) => ({ value, label: PEOPLE[value] }))}
        onChange={(personGeneration) => onChange({ personGeneration })}
        error={errors.personGeneration}
      />
      <SwitchField
        label="Sound"
        checked={draft.generateAudio}
        onChange={(generateAudio) => onChange({ generateAudio })}
      />
    </div>
  );
}
