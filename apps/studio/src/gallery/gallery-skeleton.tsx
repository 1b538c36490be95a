import { Skeleton } from "../design/skeleton.tsx";

const PLACES = Array.from({ length: 8 }, (_, index) => index);

/** Where the videos will be. */
export function GallerySkeleton() {
  return (
    <div className="gallery-grid gallery-skeleton" role="status">
      <span className="visually-hidden">Loading videos</span>
      {PLACES.map((place) => (
        <div key={place} className="video-card-skeleton">
          <Skeleton ratio="16 / 9" radius="var(--radius)" />
          <Skeleton width="82%" />
          <Skeleton width="46%" height="0.8em" />
        </div>
      ))}
    </div>
  );
}
