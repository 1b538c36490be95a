import { useEffect, useRef } from "react";

/** A picture that is pasted on the page, wherever the focus is, unless something else took it. */
export function usePastedPicture(give: (file: File) => void): void {
  const giveNow = useRef(give);
  giveNow.current = give;
  useEffect(() => {
    function paste(event: ClipboardEvent) {
      const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
      if (file === undefined || event.defaultPrevented) return;
      event.preventDefault();
      giveNow.current(file);
    }
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  }, []);
}
