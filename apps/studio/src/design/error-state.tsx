import CircleAlert from "lucide-react/icons/circle-alert";
import RotateCw from "lucide-react/icons/rotate-cw";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import "./empty-state.css";

export interface ErrorStateProps {
  error: { readonly code: string; readonly message: string };
  /** What did not work. */
  title?: string;
  onRetry?: () => void;
  /** In place of "Try again", or beside it. */
  action?: ReactNode;
}

/** Where something should be and did not come: what went wrong, its code for whoever is asked, and another try. */
export function ErrorState({ error, title = "That did not work", onRetry, action }: ErrorStateProps) {
  return (
    <div className="empty-state error-state" role="alert">
      <span className="empty-state-sign">
        <CircleAlert size={26} strokeWidth={1.6} aria-hidden="true" />
      </span>
      <h2>{title}</h2>
      <p>{error.message}</p>
      <p className="error-state-code">{error.code}</p>
      {onRetry !== undefined && (
        <Button icon={RotateCw} onClick={onRetry}>
          Try again
        </Button>
      )}
      {action}
    </div>
  );
}
