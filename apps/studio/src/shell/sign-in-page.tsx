import { createConnection, listModels, ReelwireError } from "@reelwire/react";
import KeyRound from "lucide-react/icons/key-round";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { Button } from "../design/button.tsx";
import { Card } from "../design/card.tsx";
import { TextField } from "../design/field.tsx";
import { PageTitle } from "./page-title.tsx";
import { API_URL, useSession } from "./session.tsx";
import "./sign-in-page.css";

/** The way in, where the gateway asks who it is. */
export function SignInPage() {
  const { reason, signIn } = useSession();
  const [credential, setCredential] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  // Whatever had the focus is gone.
  useEffect(() => form.current?.querySelector("input")?.focus(), []);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const given = credential.trim();
    if (busy) return;
    if (given === "") return setError("Give an API key or an access token.");
    setBusy(true);
    setError(null);
    const problem = await problemOf(given);
    setBusy(false);
    if (problem === null) signIn(given);
    else setError(problem);
  }

  return (
    <Card className="sign-in">
      <span className="sign-in-sign">
        <KeyRound size={24} strokeWidth={1.7} aria-hidden="true" />
      </span>
      <PageTitle title="Sign in" />
      <p className="sign-in-reason" role="status">
        {reason ?? "This gateway asks who you are."}
      </p>
      <form ref={form} onSubmit={submit} noValidate>
        <TextField
          label="API key or access token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="rwk_…"
          value={credential}
          error={error}
          onChange={(event) => setCredential(event.target.value)}
          hint="Kept in this tab until you sign out or close it, and sent to this gateway alone."
        />
        <Button type="submit" variant="primary" busy={busy}>
          Sign in
        </Button>
      </form>
      <details>
        <summary>Where do I get one?</summary>
        <p>Whoever runs the gateway makes a key on its machine:</p>
        <pre>npx -y pnpm@12 reelwire keys create --name studio</pre>
        <p>An access token that your own server gave out does as well, as long as it lasts.</p>
      </details>
    </Card>
  );
}

/** What the gateway has against a credential; `null` where it takes it. */
async function problemOf(credential: string): Promise<string | null> {
  try {
    const connection = createConnection({ url: API_URL, token: credential, retries: 0 });
    try {
      await listModels(connection);
    } finally {
      connection.close();
    }
    return null;
  } catch (error) {
    if (error instanceof ReelwireError) {
      return error.code === "UNAUTHENTICATED" ? `The gateway does not take it. ${error.message}` : error.message;
    }
    // What can be no credential is refused before it is sent.
    return "That is neither a key nor a token: both are plain letters and digits in one piece.";
  }
}
