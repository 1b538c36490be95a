import LogOut from "lucide-react/icons/log-out";
import SquareTerminal from "lucide-react/icons/square-terminal";
import { lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { Skeleton } from "../design/skeleton.tsx";
import { Logo } from "./logo.tsx";
import { Navigation } from "./navigation.tsx";
import { OfflineBanner } from "./offline-banner.tsx";
import { PageFailure } from "./page-failure.tsx";
import { CameFromWithin } from "./page-title.tsx";
import { useSession } from "./session.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";
import "./shell.css";

const SignInPage = lazy(async () => ({ default: (await import("./sign-in-page.tsx")).SignInPage }));

/** What stays while pages come and go; in place of the page, the way in where the gateway asks who it is. */
export function Shell({ children }: { children: ReactNode }) {
  const [path] = useLocation();
  const cameFromWithin = useRef(false);
  const { asked, signedIn, signOut } = useSession();
  const first = useRef(path);
  useEffect(() => {
    if (path === first.current) return;
    first.current = path;
    cameFromWithin.current = true;
  }, [path]);
  useEffect(() => {
    const toTop = () => scrollTo(0, 0);
    // Told by wouter. Going back is left to the browser, which knows where one was.
    addEventListener("pushState", toTop);
    return () => removeEventListener("pushState", toTop);
  }, []);
  return (
    <CameFromWithin value={cameFromWithin}>
      <a href="#main" className="skip-link">
        Skip to the page
      </a>
      <header className="shell-bar">
        <Logo />
        {!asked && <Navigation />}
        <div className="shell-end">
          <ThemeSwitch />
          <a className="shell-link" href="/graphiql/" title="The API, to be tried">
            <SquareTerminal size={18} strokeWidth={1.8} aria-hidden="true" />
            <span>GraphiQL</span>
          </a>
          {signedIn && (
            <button type="button" className="shell-link" title="Sign out" onClick={() => signOut()}>
              <LogOut size={18} strokeWidth={1.8} aria-hidden="true" />
              <span>Sign out</span>
            </button>
          )}
        </div>
      </header>
      <main id="main" className="shell-main" tabIndex={-1}>
        <OfflineBanner />
        <PageFailure key={path}>
          <Suspense fallback={<PageOnItsWay />}>{asked ? <SignInPage /> : children}</Suspense>
        </PageFailure>
      </main>
    </CameFromWithin>
  );
}

function PageOnItsWay() {
  return (
    <div className="page-on-its-way" role="status">
      <span className="visually-hidden">The page is on its way.</span>
      <Skeleton width="14rem" height="2.25rem" />
      <Skeleton height="20rem" radius="var(--radius-large)" />
    </div>
  );
}
