/** Which HTTP status an error's code becomes, and what that kind of problem is called. */
import { STATUS_CODES } from 'node:http';
import type { ErrorInfo } from '../shared/errors.ts';

interface Kind {
  readonly status: number;
  /** Short, and the same whenever it happens. */
  readonly title: string;
}

const kind = (status: number, title: string): Kind => ({ status, title });

/** Codes that programs are likely to tell apart; `/docs` lists them. */
export const kinds: Readonly<Record<string, Kind>> = {
  'api.bad-request': kind(400, 'The request is not as it should be'),
  'api.bad-marker': kind(400, 'The marker is none of this list'),
  'plan.bad-waves': kind(400, 'The waves contradict each other'),
  'schedule.bad-window': kind(400, 'The window never opens'),
  'report.bad-scope': kind(400, 'No report is of that'),
  'assessment.no-comparison-in-csv': kind(400, 'CSV has no room for what has changed'),
  'assessment.nameless-comparison': kind(422, 'One of them has no names any more'),
  'assessment.no-origin': kind(400, 'It is not said of what'),
  'files.cut-off': kind(400, 'The file was cut off'),
  'token.expiry': kind(400, 'The token would never be good'),
  'api.cut-off': kind(400, 'The request was cut off'),
  'access.not-signed-in': kind(401, 'Nobody is signed in'),
  'access.token-refused': kind(401, 'The token is not good'),
  'access.forbidden': kind(403, 'The role does not allow it'),
  'access.project-refused': kind(403, 'The project may not come in'),
  'access.no-keystone': kind(403, 'No Keystone is trusted here'),
  'policy.closed': kind(403, 'The policy does not allow it now'),
  'policy.destination': kind(403, 'The policy does not allow this destination'),
  'api.wrong-host': kind(421, 'The request is meant for another host'),
  'api.wrong-origin': kind(403, 'The request comes from another site'),
  'api.no-such-path': kind(404, 'Nothing is there'),
  'connection.unknown': kind(404, 'There is no such source or destination'),
  'resource.unknown': kind(404, 'There is no such thing in the inventories'),
  'migration.unknown': kind(404, 'There is no such migration'),
  'plan.unknown': kind(404, 'There is no such plan'),
  'assessment.unknown': kind(404, 'There is no such assessment'),
  'assessment.no-estate': kind(404, 'No data centre without names is kept'),
  'files.unknown': kind(404, 'There is no such file'),
  'token.unknown': kind(404, 'There is no such token'),
  'node.unknown': kind(404, 'There is no such node'),
  'api.wrong-method': kind(405, 'The path has no such method'),
  'connection.name-taken': kind(409, 'The name is taken'),
  'plan.template-unknown': kind(404, 'There is no such template'),
  'plan.template-name-taken': kind(409, 'The name is taken'),
  'plan.name-taken': kind(409, 'The name is taken'),
  'plan.changed-meanwhile': kind(409, 'Another server has changed it meanwhile'),
  'plan.under-way': kind(409, 'Migrations have been made of it'),
  'plan.given': kind(409, 'Another Guts has it'),
  'plan.wave-given': kind(409, 'Another Guts has that wave'),
  'plan.wave-unknown': kind(404, 'There is no such wave'),
  'handover.unknown': kind(404, 'There is no such hand-over'),
  'handover.under-way': kind(409, 'It is changing hands already'),
  'handover.is-here': kind(409, 'It is here, and was not given'),
  'handover.lost-way': kind(409, 'The way to the other side is not known'),
  'handover.not-at-rest': kind(409, 'It does not stand still'),
  'handover.name-taken': kind(409, 'The name is taken'),
  'token.name-taken': kind(409, 'The name is taken'),
  'token.too-many': kind(409, 'There are too many tokens'),
  'connection.in-use': kind(409, 'It is in use'),
  'resource.ambiguous': kind(409, 'Several things have that name'),
  'inventory.none': kind(409, 'The inventory was not read yet'),
  'migration.busy': kind(409, 'Something is at work on it already'),
  'migration.no-such-step': kind(409, 'Its stage does not allow that'),
  'migration.in-hand': kind(409, 'It is in the queue, or runs'),
  'migration.unfinished': kind(409, 'It has not ended'),
  'migration.left-behind': kind(409, 'It has something left to undo'),
  'vault.no-secret': kind(409, 'The secret is not known'),
  'vault.sealed': kind(409, 'The vault is sealed'),
  'api.outcome-unknown': kind(409, 'Nobody knows what became of the first request'),
  'api.told-once': kind(409, 'The answer was told once and is not kept'),
  'api.changed-meanwhile': kind(412, 'It has changed meanwhile'),
  'api.no-http': kind(400, 'That is not HTTP'),
  'api.given-up': kind(408, 'Nobody waited for the answer'),
  'api.slow-request': kind(408, 'The request was too slow'),
  'api.large-headers': kind(431, 'The headers are too large'),
  'api.too-large': kind(413, 'The body is too large'),
  'files.too-large': kind(413, 'The file is too large'),
  'api.not-json': kind(415, 'The body is not JSON'),
  'api.idempotency-conflict': kind(422, 'The key was used for another request'),
  'report.too-many': kind(422, 'The report would be too long'),
  'assess.unreadable': kind(422, 'The export cannot be read'),
  'assess.damaged': kind(422, 'The export is damaged'),
  'assess.limit': kind(422, 'The export is too large'),
  'assess.unsupported': kind(422, 'The file is no export that Guts reads'),
  'assess.nothing-chosen': kind(422, 'No machine is asked for that is there'),
  'assess.no-machines': kind(422, 'The export has no machines'),
  'check.no-finding': kind(409, 'The finding is not there'),
  'check.no-fix': kind(409, 'Guts can do nothing about it'),
  'check.port-in-hand': kind(409, 'Something may be at work on the port'),
  'check.port-kept': kind(409, 'The port has changed meanwhile'),
  'preflight.blocked': kind(422, 'A finding stops the migration'),
  'api.too-many-requests': kind(429, 'Too many requests'),
  'access.too-many-failures': kind(429, 'Too many failed sign-ins'),
  'policy.most-at-once': kind(429, 'The policy allows no more at once'),
  'openstack.quota-exceeded': kind(429, 'The project’s quota is used up'),
  'guts.bug': kind(500, 'A fault in Guts'),
  'job.cancelled': kind(503, 'It was given up'),
  'daemon.needed': kind(503, 'It takes a daemon, and none runs'),
  'store.held': kind(503, 'Another process has the data folder'),
  'state.unreachable': kind(503, 'The database with the state cannot be reached'),
  'state.refused': kind(503, 'The database with the state refuses'),
  'state.not-leader': kind(503, 'Another server leads'),
  'handover.not-leading': kind(503, 'Another server leads'),
  'state.too-new': kind(503, 'A newer Guts has laid out the database'),
  'state.full': kind(507, 'The database with the state is full'),
  'store.read-only': kind(503, 'The disk cannot be written'),
  'store.busy': kind(503, 'The data folder is being written by another process'),
  'access.keystone-silent': kind(503, 'Keystone does not say whose the token is'),
  'api.too-many-listeners': kind(503, 'Too many listen already'),
  'api.not-ready': kind(503, 'Not ready'),
  'audit.not-written': kind(507, 'It could not be written into the audit log'),
  'files.full': kind(507, 'Too much was sent'),
  'store.full': kind(507, 'The disk is full'),
  'destination.full': kind(507, 'The disk is full'),
};

/** For the rest: the side that is at fault. The longest that fits is taken. */
const families: readonly (readonly [start: string, status: number])[] = [
  ['api.', 400],
  ['access.', 403],
  ['policy.', 500],
  ['store.', 500],
  ['vault.', 409],
  ['engine.', 503],
  ['net.', 502],
  ['vsphere.', 502],
  ['hyperv.', 502],
  ['ntlm.', 502],
  ['spnego.', 502],
  ['openstack.', 502],
];

export function kindOf({ code, retryable }: Pick<ErrorInfo, 'code' | 'retryable'>): Kind {
  const known = Object.hasOwn(kinds, code) ? kinds[code] : undefined;
  if (known !== undefined) return known;
  const status = families.find(([start]) => code.startsWith(start))?.[1] ?? (retryable ? 503 : 422);
  return kind(status, STATUS_CODES[status] ?? 'Error');
}

export const isListed = (code: string): boolean => Object.hasOwn(kinds, code);
