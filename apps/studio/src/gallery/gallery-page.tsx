import Plus from "lucide-react/icons/plus";
import { useCallback, useMemo } from "react";
import { useLocation } from "wouter";
import { useSearch } from "wouter/use-browser-location";
import { ButtonLink } from "../design/button.tsx";
import { PageTitle } from "../shell/page-title.tsx";
import { type GalleryFilter, galleryAddress, readGalleryFilter } from "./gallery-filter.ts";
import { GalleryFilters } from "./gallery-filters.tsx";
import { GalleryList } from "./gallery-list.tsx";
import "./gallery.css";

/** `/videos`: all videos, live, narrowed to what the address says. */
export function GalleryPage() {
  // Not wouter's own, which decodes it, and so changes texts with a percent sign.
  const search = useSearch();
  const [, navigate] = useLocation();
  const filter = useMemo(() => readGalleryFilter(search), [search]);
  const address = galleryAddress(filter);
  const change = useCallback(
    (changed: GalleryFilter, options?: { replace: boolean }) => navigate(galleryAddress(changed), options),
    [navigate],
  );
  return (
    <div className="gallery">
      <header className="gallery-head">
        <PageTitle title="Videos" />
        <ButtonLink href="/" variant="primary" icon={Plus}>
          Make a video
        </ButtonLink>
      </header>
      <GalleryFilters filter={filter} onChange={change} />
      <GalleryList key={address} filter={filter} onClear={() => navigate("/videos")} />
    </div>
  );
}
