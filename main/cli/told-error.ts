/** A failure whose `--json` document is printed already: only standard error still has to hear of it. */
import type { ErrorInfo } from '../shared/errors.ts';

export class ToldError extends Error {
  readonly info: ErrorInfo;

  constructor(info: ErrorInfo) {
    super(info.message);
    this.info = info;
  }
}
