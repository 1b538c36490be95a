/** An error the upstream answers with. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(statusCode: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.statusCode = statusCode;
    this.headers = headers;
  }
}

/** The body of every error answer. */
export interface ErrorBody {
  readonly message: string;
  readonly path: string;
  readonly requestId: string;
  readonly statusCode: number;
  readonly timestamp: string;
}

export function errorBody(
  statusCode: number,
  message: string,
  call: { path: string; id: string; at: number },
): ErrorBody {
  return { message, path: call.path, requestId: call.id, statusCode, timestamp: new Date(call.at).toISOString() };
}
