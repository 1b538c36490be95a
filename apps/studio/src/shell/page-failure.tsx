import { Component, type ReactNode } from "react";
import { ErrorState } from "../design/error-state.tsx";

/** A page that could not be loaded, as after a new version of the studio was put in place, or that broke. The rest stays. */
export class PageFailure extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <ErrorState
        title="This page could not be shown"
        error={{ code: error.name, message: "Load it again. What you have written is kept." }}
        onRetry={() => location.reload()}
      />
    );
  }
}
