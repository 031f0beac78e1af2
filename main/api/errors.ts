/** What can be wrong with a request as such, whatever it asks for. */
import { GutsError } from '../shared/errors.ts';

/** One thing that is wrong, and where: `machines[3].vm`, or empty for the whole. */
export interface Problem {
  readonly path: string;
  readonly says: string;
}

const MOST_TOLD = 5;

export class BadRequestError extends GutsError {
  readonly code = 'api.bad-request';
  readonly remedy = 'Put it right and ask again; /docs shows what each operation takes.';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const told = problems.slice(0, MOST_TOLD).map(({ path, says }) => (path === '' ? says : `${path}: ${says}`));
    const more = problems.length > MOST_TOLD ? ` (and ${problems.length - MOST_TOLD} more)` : '';
    super(`The request is not as it should be. ${told.join('; ')}${more}`);
    this.problems = problems;
  }
}

export class NoSuchPathError extends GutsError {
  readonly code = 'api.no-such-path';
  readonly remedy = 'Look at /docs for what there is.';

  constructor() {
    super('Nothing is at this path.');
  }
}

export class WrongMethodError extends GutsError {
  readonly code = 'api.wrong-method';
  readonly remedy: string;
  readonly allowed: readonly string[];

  constructor(method: string, allowed: readonly string[]) {
    super(`This path does not answer ${method}.`);
    this.remedy = `Use ${allowed.join(' or ')}.`;
    this.allowed = allowed;
  }
}

export class NotJsonError extends GutsError {
  readonly code = 'api.not-json';
  readonly remedy = 'Send JSON in UTF-8, with “Content-Type: application/json”.';
}

export class TooLargeError extends GutsError {
  readonly code = 'api.too-large';
  readonly remedy = 'Send less at once.';

  constructor(mostBytes: number) {
    super(`The body of the request has more than ${mostBytes} bytes.`);
  }
}

/** The connection broke before all of the request was there. */
export class CutRequestError extends GutsError {
  readonly code = 'api.cut-off';
  readonly remedy = 'Ask again.';
  override readonly retryable = true;

  constructor(cause: unknown) {
    super('The request ended before all of it had arrived.', { cause });
  }
}

/** Whoever asked has gone: nobody reads this. */
export class GivenUpError extends GutsError {
  readonly code = 'api.given-up';
  readonly remedy = 'Ask again.';
  override readonly retryable = true;

  constructor(cause: unknown) {
    super('Whoever asked did not wait for the answer.', { cause });
  }
}
