import { useVideos } from "@reelwire/react";
import ArrowUp from "lucide-react/icons/arrow-up";
import Film from "lucide-react/icons/film";
import SearchX from "lucide-react/icons/search-x";
import { useEffect, useMemo } from "react";
import { Button, ButtonLink } from "../design/button.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { ErrorState } from "../design/error-state.tsx";
import { useSession } from "../shell/session.tsx";
import { type GalleryFilter, isNarrowed, toVideoFilter } from "./gallery-filter.ts";
import { GallerySkeleton } from "./gallery-skeleton.tsx";
import { useHeldBack } from "./use-held-back.ts";
import { useInView } from "./use-in-view.ts";
import { usePlace } from "./use-place.ts";
import { VideoCard } from "./video-card.tsx";

interface GalleryListProps {
  filter: GalleryFilter;
  /** Shows all videos again. */
  onClear: () => void;
}

/** Rows of two, three or four fill up whole. */
const PAGE_SIZE = 24;

/** The next page is asked for when its place is so near, in pixels. */
const NEAR = 900;

/** The videos that a filter leaves, live. For another filter it has to be another. */
export function GalleryList({ filter, onClear }: GalleryListProps) {
  const asked = useMemo(() => toVideoFilter(filter), [filter]);
  const { videos, error, isPending, hasMore, loadMore, isLoadingMore, refetch } = useVideos(asked, {
    pageSize: PAGE_SIZE,
  });
  const { notice } = useSession();
  const { shown, waiting, release } = useHeldBack(videos);
  const canLoadMore = hasMore && !isLoadingMore && error === null;
  usePlace({ count: videos.length, hasMore, canLoadMore, loadMore });
  const { ref: end, isInView: isNearEnd } = useInView(NEAR);

  useEffect(() => notice(error), [notice, error]);
  useEffect(() => {
    if (isNearEnd && canLoadMore) loadMore();
  }, [isNearEnd, canLoadMore, loadMore]);

  if (videos.length === 0) {
    if (error !== null) return <ErrorState title="The videos did not load" error={error} onRetry={refetch} />;
    if (isPending) return <GallerySkeleton />;
    return isNarrowed(filter) ? <NoMatch onClear={onClear} /> : <NoVideos />;
  }
  return (
    <>
      <NewVideos count={waiting} onShow={release} />
      <ul className="gallery-grid">
        {shown.map((video) => (
          <li key={video.id} data-place={video.id}>
            <VideoCard video={video} />
          </li>
        ))}
      </ul>
      <div ref={end} className="gallery-end">
        {error !== null ? (
          <ErrorState
            title="The list could not be brought up to date"
            error={error}
            onRetry={hasMore ? loadMore : refetch}
          />
        ) : (
          hasMore && (
            <Button onClick={loadMore} busy={isLoadingMore}>
              {isLoadingMore ? "Loading more" : "Load more"}
            </Button>
          )
        )}
      </div>
    </>
  );
}

function NewVideos({ count, onShow }: { count: number; onShow: () => void }) {
  function show() {
    onShow();
    window.scrollTo({ top: 0 });
  }
  return (
    <div className="gallery-new" role="status">
      {count > 0 && (
        <Button size="small" variant="primary" icon={ArrowUp} onClick={show}>
          {count} new
        </Button>
      )}
    </div>
  );
}

function NoVideos() {
  return (
    <EmptyState
      icon={Film}
      title="No videos yet"
      action={
        <ButtonLink href="/" variant="primary">
          Make the first one
        </ButtonLink>
      }
    >
      Describe what you want to see. It takes about a minute, and everything you make is kept here.
    </EmptyState>
  );
}

function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState icon={SearchX} title="Nothing matches" action={<Button onClick={onClear}>Show all videos</Button>}>
      No video is like this. Look for something else, or for less.
    </EmptyState>
  );
}
