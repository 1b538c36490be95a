import { CombinedGraphQLErrors } from "@apollo/client";

interface Shown {
  message: string;
  code?: unknown;
}

/** What went wrong, with its code, by which a program can tell: of a request, or of a video that failed. */
export function Problem({ error }: { error: Shown | null | undefined }) {
  if (!error) return null;
  const { code } = CombinedGraphQLErrors.is(error) ? (error.errors[0]?.extensions ?? {}) : error;
  return (
    <p role="alert">
      {code ? `${code}: ` : ""}
      {error.message}
    </p>
  );
}
