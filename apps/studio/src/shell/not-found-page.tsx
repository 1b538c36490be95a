import Compass from "lucide-react/icons/compass";
import { ButtonLink } from "../design/button.tsx";
import { EmptyState } from "../design/empty-state.tsx";
import { PageTitle } from "./page-title.tsx";

export function NotFoundPage() {
  return (
    <>
      <PageTitle title="Not found" className="visually-hidden" />
      <EmptyState icon={Compass} title="There is no such page" action={<ButtonLink href="/">Make a video</ButtonLink>}>
        The address may have been cut off, or copied wrong.
      </EmptyState>
    </>
  );
}
