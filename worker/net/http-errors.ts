/** What a server answers instead of the bytes that were asked for. */
import { GutsError } from '../../main/shared/errors.ts';

const meanings: Record<number, { readonly code: string; readonly says: string; readonly remedy: string }> = {
  401: {
    code: 'net.not-signed-in',
    says: 'wants a sign-in',
    remedy: 'Check the connection’s user and password, then try again.',
  },
  403: {
    code: 'net.forbidden',
    says: 'does not allow it',
    remedy: 'Give the connection’s user the privileges that the manual lists for reading disks.',
  },
  404: {
    code: 'net.not-found',
    says: 'has no such file',
    remedy: 'Refresh the source: the machine or its files may have been moved, renamed or deleted.',
  },
  416: {
    code: 'net.range-refused',
    says: 'does not have that part of the file',
    remedy: 'Refresh the source: the file may have become smaller since it was looked at.',
  },
};

/** The server answered, but with a status that is no success. */
export class HttpStatusError extends GutsError {
  readonly code: string;
  readonly remedy: string;
  override readonly retryable: boolean;
  readonly status: number;
  /** Seconds that the server asks to be left alone; null where it does not say. */
  readonly retryAfterSeconds: number | null;

  /** @param says the beginning of the answer's body, where it is text */
  constructor(name: string, status: number, says: string, retryAfterSeconds: number | null = null) {
    const meaning = meanings[status];
    const words = meaning?.says ?? (status >= 500 ? 'failed' : 'answers strangely');
    super(`“${name}”: the server ${words} (HTTP ${status}${says === '' ? '' : `: ${says}`}).`);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
    this.code = meaning?.code ?? (status >= 500 ? 'net.server-failed' : 'net.strange-answer');
    this.remedy =
      meaning?.remedy ??
      (status >= 500
        ? 'Try again later; if it stays so, look into the server’s own log. A file that a running machine uses cannot be read.'
        : 'Check that the address is the server’s own and not that of a proxy or a login page.');
    this.retryable = status >= 500 || status === 429;
  }
}

/** A file is not the same any more as when reading it began. */
export class ChangedFileError extends GutsError {
  readonly code = 'net.file-changed';
  readonly remedy =
    'Make sure that the machine stays off, and that nothing else writes to its disks, then start again.';

  constructor(name: string, what: string) {
    super(`“${name}” changed while it was being read: ${what}.`);
  }
}
