import type { AspectRatio, Model, PersonGeneration, Resolution } from "@reelwire/react";
import RectangleHorizontal from "lucide-react/icons/rectangle-horizontal";
import RectangleVertical from "lucide-react/icons/rectangle-vertical";
import Scan from "lucide-react/icons/scan";
import Volume2 from "lucide-react/icons/volume-2";
import VolumeX from "lucide-react/icons/volume-x";
import { SelectField } from "../design/field.tsx";
import { type Segment, SegmentedControl } from "../design/segmented-control.tsx";
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

const PEOPLE = [
  { value: "ALLOW_ADULT", label: "Adults", name: "Adults may appear" },
  { value: "DONT_ALLOW", label: "Nobody", name: "Nobody appears" },
] as const satisfies readonly Segment<PersonGeneration>[];

const SOUND = [
  { value: "on", label: "On", icon: Volume2 },
  { value: "off", label: "Off", icon: VolumeX },
] as const;

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
          { value: UPSTREAM_CHOOSES, label: "Auto", icon: Scan, name: "Auto: the model chooses" },
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
      <div className="settings-pair">
        <SegmentedControl<PersonGeneration>
          legend="People"
          value={draft.personGeneration}
          segments={PEOPLE.filter(({ value }) => model.personGenerations.includes(value))}
          onChange={(personGeneration) => onChange({ personGeneration })}
          error={errors.personGeneration}
        />
        <SegmentedControl
          legend="Sound"
          value={draft.generateAudio ? "on" : "off"}
          segments={SOUND}
          onChange={(sound) => onChange({ generateAudio: sound === "on" })}
          error={errors.generateAudio}
        />
      </div>
    </div>
  );
}
