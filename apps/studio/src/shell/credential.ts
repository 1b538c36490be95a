/** Kept as long as the tab is open, and seen by no other. */
const KEY = "reelwire-credential";

/** The credential that this tab signed in with. */
export function readCredential(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function keepCredential(credential: string): void {
  try {
    sessionStorage.setItem(KEY, credential);
  } catch {
    // It holds until the page is loaded again.
  }
}

export function forgetCredential(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // It was not kept.
  }
}
