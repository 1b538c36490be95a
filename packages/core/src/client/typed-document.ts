/**
 * The text of a GraphQL operation, which knows the types of its result and its variables. Plain text is one of unknown
 * types; so are the documents that GraphQL Code Generator makes with `documentMode: "string"`, with theirs.
 */
export interface TypedDocument<TResult, TVariables> {
  toString(): string;
  /** Never there: it carries the types. */
  __apiType?: ((variables: TVariables) => TResult) | undefined;
}
