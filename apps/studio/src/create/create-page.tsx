import { ErrorState } from "../design/error-state.tsx";
import { Skeleton } from "../design/skeleton.tsx";
import { PageTitle } from "../shell/page-title.tsx";
import { useModels } from "../shell/use-models.ts";
import { Creation } from "./creation.tsx";
import "./create-page.css";

/** Where videos are made: what is wanted on one side, what comes of it on the other. */
export function CreatePage() {
  const { models, error, retry } = useModels();
  return (
    <>
      <PageTitle title="Make a video" />
      {error !== null && models === null ? (
        <ErrorState title="The gateway does not answer as it should" error={error} onRetry={retry} />
      ) : models === null ? (
        <div className="create-page" role="status">
          <span className="visually-hidden">Loading what can be made.</span>
          <Skeleton height="36rem" radius="var(--radius-large)" />
          <Skeleton ratio="16 / 9" radius="var(--radius-large)" />
        </div>
      ) : (
        <Creation models={models} />
      )}
    </>
  );
}
