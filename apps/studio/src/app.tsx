import { lazy } from "react";
import { Route, Switch } from "wouter";
import { ToastProvider } from "./design/toast.tsx";
import { SessionProvider } from "./shell/session.tsx";
import { Shell } from "./shell/shell.tsx";

const CreatePage = lazy(async () => ({ default: (await import("./create/create-page.tsx")).CreatePage }));
const GalleryPage = lazy(async () => ({ default: (await import("./gallery/gallery-page.tsx")).GalleryPage }));
const VideoPage = lazy(async () => ({ default: (await import("./video-page/video-page.tsx")).VideoPage }));
const UsagePage = lazy(async () => ({ default: (await import("./usage/usage-page.tsx")).UsagePage }));

const NotFoundPage = lazy(async () => ({ default: (await import("./shell/not-found-page.tsx")).NotFoundPage }));

/** Everything: who it is that looks, around the shell, around the page that the address names. */
export function App() {
  return (
    <ToastProvider>
      <SessionProvider>
        <Shell>
          <Switch>
            <Route path="/">
              <CreatePage />
            </Route>
            <Route path="/videos">
              <GalleryPage />
            </Route>
            <Route path="/videos/:id">{({ id }) => <VideoPage key={id} id={id} />}</Route>
            <Route path="/usage">
              <UsagePage />
            </Route>
            <Route>
              <NotFoundPage />
            </Route>
          </Switch>
        </Shell>
      </SessionProvider>
    </ToastProvider>
  );
}
