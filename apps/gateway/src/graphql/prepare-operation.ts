import { ApiError } from "@reelwire/core";
import { type DocumentNode, type ExecutionArgs, GraphQLError, getOperationAST, parse, validate } from "graphql";
import { MAX_QUERY_TOKENS } from "./builder.ts";
import type { GraphqlContext } from "./context.ts";
import type { GraphqlErrorCode } from "./format-error.ts";
import { schema } from "./schema.ts";

/** An operation as a client sends it. */
export interface OperationRequest {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
}

/** How deep braces, brackets and parentheses may nest in a document. Far more than any query that `QUERY_LIMITS` lets through. */
const MAX_NESTING = 200;

/**
 * Refuses a document whose nesting would overflow the parser's stack. Counts in texts and comments too, which do no harm
 * but for texts with hundreds of braces that are never closed; those belong in variables.
 *
 * @throws {ApiError} `BAD_INPUT`
 */
export function refuseDeepNesting(query: string): void {
  let depth = 0;
  for (const character of query) {
    if (character === "{" || character === "[" || character === "(") depth += 1;
    else if (character === "}" || character === "]" || character === ")") depth -= 1;
    if (depth > MAX_NESTING) {
      throw ApiError.badInput([{ path: [], message: `The document nests deeper than ${MAX_NESTING}. Flatten it.` }]);
    }
  }
}

/** What to execute, or what is wrong with the document, each error with its code. */
export function prepareOperation(
  { query, operationName, variables }: OperationRequest,
  contextValue: GraphqlContext,
): ExecutionArgs | GraphQLError[] {
  let document: DocumentNode;
  try {
    refuseDeepNesting(query);
    document = parse(query, { maxTokens: MAX_QUERY_TOKENS });
  } catch (error) {
    if (error instanceof ApiError) return [toGraphqlError(error)];
    return [withCode(error instanceof GraphQLError ? error : new GraphQLError(String(error)), "GRAPHQL_PARSE_FAILED")];
  }
  const problems = validate(schema, document);
  if (problems.length > 0) return problems.map((problem) => withCode(problem, "GRAPHQL_VALIDATION_FAILED"));
  if (getOperationAST(document, operationName) == null) {
    const what =
      operationName == null ? "Say which operation, by `operationName`." : "There is no operation of this name.";
    return [withCode(new GraphQLError(what), "OPERATION_RESOLUTION_FAILURE")];
  }
  return { schema, document, contextValue, operationName: operationName ?? null, variableValues: variables ?? null };
}

/** An error for the caller, as GraphQL's functions hand errors on. */
export function toGraphqlError(error: ApiError): GraphQLError {
  return new GraphQLError(error.message, { originalError: error });
}

function withCode(error: GraphQLError, code: GraphqlErrorCode): GraphQLError {
  const { nodes = null, source = null, positions = null } = error;
  return new GraphQLError(error.message, { nodes, source, positions, extensions: { code } });
}
