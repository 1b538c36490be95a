import { SegmentedControl } from "../design/segmented-control.tsx";
import { CreatedFilter } from "./created-filter.tsx";
import type { GalleryFilter, StatusGroup } from "./gallery-filter.ts";
import { SearchField } from "./search-field.tsx";

export interface GalleryFiltersProps {
  filter: GalleryFilter;
  /** `replace`: it goes on with the change before it, and is no step to go back to. */
  onChange: (filter: GalleryFilter, options?: { replace: boolean }) => void;
}

const STATUSES: readonly { value: StatusGroup | "all"; label: string }[] = [
  { value: "all", label: "All" },
  { value: "running", label: "Running" },
  { value: "finished", label: "Finished" },
  { value: "failed", label: "Failed" },
  { value: "canceled", label: "Canceled" },
];

/** What the gallery can be narrowed by. */
export function GalleryFilters({ filter, onChange }: GalleryFiltersProps) {
  return (
    <search className="gallery-filters">
      <SearchField
        value={filter.search}
        onChange={(search) => onChange({ ...filter, search }, { replace: filter.search !== "" && search !== "" })}
      />
      <div className="gallery-statuses">
        <SegmentedControl
          legend="Status"
          hideLegend
          value={filter.status ?? "all"}
          segments={STATUSES}
          onChange={(status) => onChange({ ...filter, status: status === "all" ? null : status })}
        />
      </div>
      <CreatedFilter from={filter.from} to={filter.to} onChange={(range) => onChange({ ...filter, ...range })} />
    </search>
  );
}
