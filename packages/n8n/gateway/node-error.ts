import { ReelwireError } from "@reelwire/core/operations";
import { type INode, type JsonObject, NodeApiError, NodeOperationError } from "n8n-workflow";

/** What failed as n8n shows it: with the gateway's message and code, and every problem with the input. */
export function nodeError(node: INode, error: unknown, itemIndex?: number): NodeApiError | NodeOperationError {
  if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
  const at = itemIndex === undefined ? {} : { itemIndex };
  if (!(error instanceof ReelwireError)) return new NodeApiError(node, asJson(error), at);
  const { code, message, issues } = error;
  const problems = issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return new NodeApiError(
    node,
    { code, message, issues: problems },
    { ...at, message, description: [`The gateway answered ${code}.`, ...problems].join(" "), httpCode: code },
  );
}

/** What an item is that failed, where the node goes on: of these keys alone, by which n8n knows one for its error output. */
export function failedJson(error: NodeApiError | NodeOperationError) {
  const code = error instanceof NodeApiError ? error.httpCode : null;
  return { error: error.message, details: { code, description: error.description ?? null } };
}

/** What n8n looks at of an error of its own requests, which has a code of Node's or a status of HTTP's. */
function asJson(error: unknown): JsonObject {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, code, status }: Error & { code?: unknown; status?: unknown } = error;
  return {
    message,
    ...(typeof code === "string" && { code }),
    ...(typeof status === "number" && { statusCode: status }),
  };
}
