import { CombinedError } from "urql";

interface Shown {
  message: string;
  code?: unknown;
}

/** What went wrong, with its code, by which a program can tell: of a request, or of a video that failed. */
export function Problem({ error }: { error: Shown | null | undefined }) {
  if (!error) return null;
  const told = error instanceof CombinedError ? error.graphQLErrors[0] : error;
  const { code } = error instanceof CombinedError ? (error.graphQLErrors[0]?.extensions ?? {}) : error;
  return (
    <p role="alert">
      {code ? `${code}: ` : ""}
      {(told ?? error).message}
    </p>
  );
}
