/** Every failure Guts can explain: what happened, whether trying again may help, what to do about it. */

export interface ErrorInfo {
  /** Stable and dotted, such as `disk.truncated`; the same in the window, the CLI, REST and the manual. */
  readonly code: string;
  readonly message: string;
  /** For the operator, in the imperative. */
  readonly remedy: string;
  readonly retryable: boolean;
}

export abstract class GutsError extends Error implements ErrorInfo {
  abstract readonly code: string;
  abstract readonly remedy: string;
  readonly retryable: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

class BugError extends GutsError {
  readonly code = 'guts.bug';
  readonly remedy = 'This is a fault in Guts. Run the command again with GUTS_DEBUG=1 and report what it prints.';
}

/** An error that crossed a thread or process border: the words stay, the class is gone. */
export class RemoteError extends GutsError {
  readonly code: string;
  readonly remedy: string;
  override readonly retryable: boolean;

  constructor(info: ErrorInfo) {
    super(info.message);
    this.code = info.code;
    this.remedy = info.remedy;
    this.retryable = info.retryable;
  }
}

/** What may cross to another process or leave by REST: no stack, no cause, no secret. */
export function toErrorInfo(thrown: unknown): ErrorInfo {
  const error = firstOf(thrown);
  const known =
    error instanceof GutsError ? error : new BugError('Something went wrong inside Guts.', { cause: error });
  const { code, message, remedy, retryable } = known;
  return { code, message, remedy, retryable };
}

/** What went wrong first, where closing things afterwards went wrong as well (a `SuppressedError` of `await using`). */
export function firstOf(error: unknown): unknown {
  let first = error;
  while (first instanceof Error && first.name === 'SuppressedError' && 'suppressed' in first) first = first.suppressed;
  return first;
}
