import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import "./empty-state.css";

export interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  /** What would be here, and how it comes about. */
  children: ReactNode;
  action?: ReactNode;
}

/** Where nothing is yet. */
export function EmptyState({ icon: Sign, title, children, action }: EmptyStateProps) {
  return (
    <div className="empty-state">
      <span className="empty-state-sign">
        <Sign size={26} strokeWidth={1.6} aria-hidden="true" />
      </span>
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  );
}
