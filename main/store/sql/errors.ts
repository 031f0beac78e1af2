/** What can go wrong between Guts and the database that holds its state. */
import { trustAdvice, type ShownCertificate } from '../../certificates.ts';
import { GutsError } from '../../shared/errors.ts';

export class StateUrlError extends GutsError {
  readonly code = 'state.url';
  readonly remedy =
    'Give it as postgresql://USER@HOST/DATABASE, mysql://USER@HOST/DATABASE or sqlite:FILE, with a port behind the host where it is not the usual one; letters that URLs cannot have as %XX.';

  constructor(says: string) {
    super(`The state’s address cannot be understood. ${says}`);
  }
}

/** The URL is not repeated: the password is in it. */
export class PasswordInStateUrlError extends GutsError {
  readonly code = 'state.password-in-url';
  readonly remedy =
    'Leave the password out of the address, and keep it in a file that Guts alone may read (--state-password-file). Others may have seen this one: change it.';

  constructor() {
    super('The state’s address has a password in it, where lists of processes and logs show it.');
  }
}

export class StateNeedsTlsError extends GutsError {
  readonly code = 'state.needs-tls';
  readonly remedy =
    'Turn TLS on at the database, and give the authority that signed its certificate (--state-ca-file), or its fingerprint (--state-fingerprint).';

  constructor(host: string) {
    super(`“${host}” is another machine, and nothing vouches for it.`);
  }
}

export class StatePasswordFileError extends GutsError {
  readonly code = 'state.password-file';
  readonly remedy = 'Write the password of the database’s user into that file, on one line, readable by Guts alone.';
}

export class NoSqliteError extends GutsError {
  readonly code = 'state.no-sqlite';
  readonly remedy = 'Run Guts on Node 22.16 or newer, which brings SQLite along, or use PostgreSQL or MariaDB.';

  constructor(options?: ErrorOptions) {
    super(`Node ${process.versions.node} has no SQLite.`, options);
  }
}

/** It may be back soon; nothing that was acknowledged is lost. */
export class StateUnreachableError extends GutsError {
  readonly code = 'state.unreachable';
  readonly remedy: string;
  override readonly retryable = true;

  /** @param goesOn whether this process tries again by itself */
  constructor(place: string, why: string, options?: ErrorOptions, goesOn = false) {
    super(`The database at ${place} cannot be reached (${why}).`, options);
    this.remedy = /ENOTFOUND|EAI_AGAIN/.test(why)
      ? 'The name does not resolve on this machine: check it, add it to DNS or to the hosts file, or use an address.'
      : `Check that the database runs, that the port is the one of this kind of database, and that no firewall is in the way. ${goesOn ? 'Guts goes on trying; ask' : 'Try'} again, and look first whether what you asked for was done.`;
  }
}

/** A database of another kind than the address says. */
export class StateOtherKindError extends GutsError {
  readonly code = 'state.other-kind';
  readonly remedy: string;

  constructor(place: string, found: 'postgresql' | 'mysql', options?: ErrorOptions) {
    const [is, scheme, port] =
      found === 'postgresql' ? ['PostgreSQL', 'postgresql://', 3306] : ['MySQL or MariaDB', 'mysql://', 5432];
    super(`At ${place} ${is} answers, which the address does not say.`, options);
    this.remedy = `Begin the address with ${scheme}, or give the port of the database that you mean (${port} is usual).`;
  }
}

export class StateLoginError extends GutsError {
  readonly code = 'state.login';
  readonly remedy =
    'Check the user’s name and the database’s in the address, the password in its file, and at the database whether this user may come in from here.';

  constructor(place: string, says: string, options?: ErrorOptions) {
    super(`The database at ${place} does not let Guts in: ${says}.`, options);
  }
}

export class StateRightsError extends GutsError {
  readonly code = 'state.rights';
  readonly remedy =
    'Give the user of Guts its rights on that database: it makes tables there, changes and drops them, and reads and writes their rows. The manual has the commands (docs/state.md).';

  constructor(place: string, says: string, options?: ErrorOptions) {
    super(`The database at ${place} does not let Guts do what it has to: ${says}.`, options);
  }
}

export class StateUntrustedError extends GutsError {
  readonly code = 'state.untrusted';
  readonly remedy: string;
  readonly problem: string;
  /** Null where it was not looked at yet, or could not be seen. */
  readonly shown: ShownCertificate | null;

  constructor(place: string, problem: string, shown: ShownCertificate | null, options?: ErrorOptions) {
    super(`The certificate of the database at ${place} cannot be trusted: ${problem}.`, options);
    const flags = { ca: '--state-ca-file', fingerprint: '--state-fingerprint' };
    this.problem = problem;
    this.shown = shown;
    this.remedy = trustAdvice(problem, shown, 'database', flags);
  }
}

export class StateCertificateChangedError extends GutsError {
  readonly code = 'state.certificate-changed';
  readonly remedy =
    'Ask the database’s administrator whether its certificate was renewed. If it was, compare the new fingerprint and trust that one (--state-fingerprint); if not, somebody stands between you and the database.';

  constructor(place: string, expected: string, found: string) {
    super(
      `The database at ${place} shows another certificate than the one that was trusted: ${found} instead of ${expected}.`,
    );
  }
}

export class StateNoTlsError extends GutsError {
  readonly code = 'state.no-tls';
  readonly remedy = 'Turn TLS on at the database (the manual has how, docs/state.md); nothing was sent to it.';

  constructor(place: string) {
    super(`The database at ${place} does not speak TLS.`);
  }
}

/** Something else that the database does not do. */
export class StateRefusedError extends GutsError {
  readonly code: string;
  readonly remedy: string;
  override readonly retryable = true;

  /** @param goesOn whether this process tries again by itself */
  constructor(place: string, says: string, isFull: boolean, options?: ErrorOptions, goesOn = false) {
    super(`The database at ${place} refuses: ${says}.`, options);
    this.code = isFull ? 'state.full' : 'state.refused';
    this.remedy = isFull
      ? 'Make room for the database and try again; what was there before is still there.'
      : `Look into the database’s log for the reason${goesOn ? '. Guts goes on trying' : ', and try again'}.`;
  }
}

/** A newer Guts has changed the tables. */
export class StateTooNewError extends GutsError {
  readonly code = 'state.too-new';
  readonly remedy =
    'Use the newer Guts. To go back to this one, stop all servers and take the layout down with the newer Guts (“guts state layout --set”), or put a backup back.';

  constructor(place: string, found: number, known: number) {
    super(
      `The database at ${place} was laid out by a newer Guts (layout ${found}); this one knows no more than layout ${known}: a downgrade is refused.`,
    );
  }
}

/** This data folder has a state of its own, which would not be looked at any more. */
export class StateBesideError extends GutsError {
  readonly code = 'state.beside';
  readonly remedy: string;

  constructor(dataDir: string, names: readonly string[]) {
    super(
      `“${dataDir}” holds a state of its own (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}), beside that of the database.`,
    );
    this.remedy = 'Move it into the database (“guts state migrate --to URL”), or use an empty data folder.';
  }
}

/** This data folder only has copies of a state that is elsewhere. */
export class StateElsewhereError extends GutsError {
  readonly code = 'state.elsewhere';
  readonly remedy =
    'Start the server with it (“guts serve --state”) and ask that, or move the state into a folder (“guts state migrate --from URL --to FOLDER”).';

  constructor(dataDir: string) {
    super(`“${dataDir}” belongs to a server whose state is in a database.`);
  }
}

/** Copies in this data folder are of another database. */
export class OtherStateError extends GutsError {
  readonly code = 'state.other';
  readonly remedy = 'Give the address of the database that this server had before, or use an empty data folder.';

  constructor(dataDir: string, place: string) {
    super(`“${dataDir}” belongs to a server of another database than the one at ${place}.`);
  }
}

/** Another server was told to lead since. */
export class NotLeaderError extends GutsError {
  readonly code = 'state.not-leader';
  readonly remedy = 'Nothing has to be done: the server that leads now goes on with it.';
  override readonly retryable = true;

  constructor() {
    super('Another server leads now; this one has written nothing.');
  }
}

/** What was to be written in the place of its journal was made of an older one. */
export class AtWorkError extends GutsError {
  readonly code = 'migration.busy';
  readonly remedy = 'Wait until it stands still, and try again.';
  override readonly retryable = true;

  constructor(id: string) {
    super(`Something is at work on migration ${id}.`);
  }
}

/** A journal has other lines than this server has written. */
export class StateGapError extends GutsError {
  readonly code = 'state.gap';
  readonly remedy =
    'Look whether the database was put back to an earlier state, and what is left over of what was made since (“guts tidy”). The migration goes on by what the database has.';
  override readonly retryable = true;

  constructor(id: string) {
    super(`The journal of ${id} in the database is not the one that this server has written.`);
  }
}
