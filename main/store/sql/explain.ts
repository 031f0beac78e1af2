/** What a driver’s error means: that the database is away, refuses, or is not who it should be. */
import { certificateProblem, OTHER_NAME } from '../../certificates.ts';
import { GutsError } from '../../shared/errors.ts';
import { placeOf, type StateAddress } from './address.ts';
import {
  StateLoginError,
  StateNoTlsError,
  StateRefusedError,
  StateRightsError,
  StateUnreachableError,
  StateUntrustedError,
} from './errors.ts';

interface DriverError {
  readonly code: string;
  readonly message: string;
  readonly isFatal: boolean;
}

const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_CONNECTION_KILLED',
  'ER_NORMAL_SHUTDOWN',
  'ER_QUERY_INTERRUPTED',
  'STATE_TIMEOUT',
]);
/** PostgreSQL’s classes 08 (connection), 53300 (too many), 57P0x (it ends or begins), 25P03 (it has ended what stood idle). */
const AWAY_STATE = /^(?:08|53300|57P0|25P03)/;
const AWAY_WORDS =
  /connection (?:terminated|ended)|query read timeout|timeout exceeded when trying to connect|client (?:was closed|has encountered a connection error)|can't add new command when connection is in closed state|pool is closed|driver has already been destroyed|cannot use a pool after/i;
const LOGIN = new Set([
  '28P01',
  '28000',
  '3D000',
  'ER_ACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_HOST_NOT_PRIVILEGED',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
]);
const RIGHTS = new Set(['42501', 'ER_TABLEACCESS_DENIED_ERROR', 'ER_SPECIFIC_ACCESS_DENIED_ERROR']);
const FULL = new Set(['53100', 'ER_DISK_FULL', 'ER_RECORD_FILE_FULL', 'SQLITE_FULL']);
/** Two have waited for each other; the next time it goes. */
const AGAIN = new Set(['40001', '40P01', '55P03', 'ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']);

/** The connection is of no use any more; whether what was asked last was done is not known. */
export function isAway(error: unknown): boolean {
  if (error instanceof StateUnreachableError) return true;
  if (error instanceof GutsError) return false;
  const { code, message, isFatal } = told(error);
  return AWAY.has(code) || AWAY_STATE.test(code) || AWAY_WORDS.test(message) || (isFatal && !LOGIN.has(code));
}

/** The same once more may go well, on the same connection. */
export function isToRepeat(error: unknown): boolean {
  const { code, message } = told(error);
  return AGAIN.has(code) || /database is locked|SQLITE_BUSY/i.test(message);
}

/** What it is in Guts’s own words; what is known already is let through. @param goesOn whether this process tries again by itself */
export function explained(address: StateAddress, error: unknown, goesOn = false): unknown {
  if (error instanceof GutsError) return error;
  const place = placeOf(address);
  const { code, message } = told(error);
  const says = message.replaceAll(/\s+/g, ' ').replace(/[.\s]+$/, '');
  const options = { cause: error };
  // The driver for MySQL keeps no more of it than its words.
  const own = code === 'HANDSHAKE_SSL_ERROR' ? (/altnames/.test(says) ? OTHER_NAME : says) : null;
  const problem = certificateProblem(code) ?? own;
  if (problem !== null) return new StateUntrustedError(place, problem, null, options);
  if (/does not support SSL|does not support secure connnection/i.test(message)) return new StateNoTlsError(place);
  if (LOGIN.has(code)) return new StateLoginError(place, says, options);
  if (RIGHTS.has(code)) return new StateRightsError(place, says, options);
  if (isAway(error)) return new StateUnreachableError(place, AWAY.has(code) ? code : says, options, goesOn);
  if (FULL.has(code) || /database or disk is full/i.test(message))
    return new StateRefusedError(place, says, true, options);
  const isDrivers =
    error instanceof Error && ('severity' in error || 'sqlState' in error || code.startsWith('ERR_SQLITE'));
  return isDrivers || isToRepeat(error) ? new StateRefusedError(place, says, false, options, goesOn) : error;
}

function told(error: unknown): DriverError {
  if (!(error instanceof Error)) return { code: '', message: String(error), isFatal: false };
  const code: unknown = 'code' in error ? error.code : '';
  const isFatal = 'fatal' in error && error.fatal === true;
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined; // of several addresses of a name
  const message = error.message === '' && first instanceof Error ? first.message : error.message;
  return { code: typeof code === 'string' ? code : '', message, isFatal };
}
