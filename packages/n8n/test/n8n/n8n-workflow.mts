import { createRequire } from "node:module";

/** As n8n-core and the nodes have it, which are CommonJS: by `import` it would be a second one, with other classes of errors. */
export const {
  createRunExecutionData,
  ICredentialsHelper,
  isExpression,
  NodeApiError,
  NodeConnectionTypes,
  NodeHelpers,
  NodeOperationError,
  Workflow,
}: typeof import("n8n-workflow") = createRequire(import.meta.url)("n8n-workflow");
