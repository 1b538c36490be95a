import { createConnection, ReelwireProvider } from "@reelwire/react";
import { createContext, type ReactNode, use, useCallback, useMemo, useState } from "react";
import { forgetCredential, keepCredential, readCredential } from "./credential.ts";

/** Where the gateway's API is: where the page is from. */
export const API_URL = "/graphql";

/** Who it is that looks. */
export interface Session {
  /** Whether the gateway asks who it is, and was not told, or no longer takes what it was told. */
  asked: boolean;
  /** Why it asks again, as a sentence; `null` where it never took anything. */
  reason: string | null;
  signedIn: boolean;
  /** @param credential an API key or access token that the gateway takes */
  signIn(credential: string): void;
  signOut(): void;
  /** To be told of every error that is shown: one that asks who it is leads to the way in. */
  notice(error: { readonly code: string } | null | undefined): void;
}

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error("There is no SessionProvider around this.");
  return session;
}

const ENDED = "Your key or token has ended, or was revoked. Sign in again; what you have written is still here.";
const SIGNED_OUT = "You have signed out. The key is no longer kept in this browser.";

interface State {
  credential: string | null;
  asked: boolean;
  reason: string | null;
}

/** The connection to the gateway, with the credential of whoever signed in, if it asks for one. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [{ credential, asked, reason }, setState] = useState<State>(() => ({
    credential: readCredential(),
    asked: false,
    reason: null,
  }));

  const signIn = useCallback((given: string) => {
    keepCredential(given);
    setState({ credential: given, asked: false, reason: null });
  }, []);
  const leave = useCallback((why: string | null) => {
    forgetCredential();
    setState({ credential: null, asked: true, reason: why });
  }, []);

  const connection = useMemo(() => connect(credential, leave), [credential, leave]);

  const session = useMemo<Session>(
    () => ({
      asked,
      reason,
      signedIn: credential !== null,
      signIn,
      signOut: () => leave(SIGNED_OUT),
      notice: (error) => {
        if (error?.code === "UNAUTHENTICATED") leave(credential === null ? null : ENDED);
      },
    }),
    [asked, reason, credential, signIn, leave],
  );
  return (
    <SessionContext value={session}>
      <ReelwireProvider client={connection}>{children}</ReelwireProvider>
    </SessionContext>
  );
}

function connect(credential: string | null, leave: (why: string | null) => void) {
  if (credential === null) return createConnection({ url: API_URL, fetch: noticing(() => leave(null)) });
  let given = false;
  return createConnection({
    url: API_URL,
    // Asked a second time only when the gateway no longer takes it, or is about to: there is no other.
    token: () => {
      if (!given) {
        given = true;
        return credential;
      }
      leave(ENDED);
      return null;
    },
  });
}

/** Sends requests as the browser does, and tells when the gateway asks who it is. */
function noticing(asked: () => void): typeof globalThis.fetch {
  return async (...request) => {
    const response = await globalThis.fetch(...request);
    if (response.status === 401) asked();
    return response;
  };
}
