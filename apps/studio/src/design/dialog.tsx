import X from "lucide-react/icons/x";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "./button.tsx";
import "./dialog.css";

export interface DialogProps {
  open: boolean;
  /** By Escape, the cross, or a press beside it. */
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Its buttons, the one that is meant last. */
  actions: ReactNode;
}

/** The browser's own dialog: it holds the focus, and gives it back. */
export function Dialog({ open, onClose, title, children, actions }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal();
    else if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={id} onClose={onClose}>
      {open && (
        <div className="dialog-content">
          <header>
            <h2 id={id}>{title}</h2>
            <IconButton label="Close" icon={X} onClick={onClose} />
          </header>
          <div className="dialog-text">{children}</div>
          <footer>{actions}</footer>
        </div>
      )}
    </dialog>
  );
}
