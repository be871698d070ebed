/** A request that is refused before GraphQL sees it: the HTTP status and the code that clients read. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | null;

  constructor(status: number, code: string, message: string, retryAfterSeconds: number | null = null) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static badRequest(message: string): RequestError {
    return new RequestError(400, 'BAD_REQUEST', message);
  }
}
