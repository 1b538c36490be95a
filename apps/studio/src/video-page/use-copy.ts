import { useCallback } from "react";
import { useToast } from "../design/toast.tsx";

/** Puts a text on the clipboard, and says so. */
export function useCopy(): (text: string, done: string) => void {
  const toast = useToast();
  return useCallback(
    (text, done) => {
      // Not there on pages that came over plain http from another machine.
      const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("There is no clipboard."));
      written.then(
        () => toast(done),
        () => toast("The browser does not let this page copy. Select the text and copy it."),
      );
    },
    [toast],
  );
}
