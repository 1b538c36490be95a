import { PageTitle } from "../shell/page-title.tsx";

export function CreatePage() {
  return <PageTitle title="Make a video" />;
}
