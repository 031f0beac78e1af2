/** Gives every fault of vSphere the name and the remedy that an operator can work with. */
import type { GutsError } from '../../../main/shared/errors.ts';
import {
  BusyError,
  FileFaultError,
  GoneError,
  HostUnreachableError,
  LicenceError,
  LoginRefusedError,
  MaintenanceModeError,
  MissingPrivilegeError,
  NotSupportedError,
  SessionEndedError,
  SnapshotFailedError,
  TimedOutError,
  ToolsUnavailableError,
  UnexpectedFaultError,
  WrongPowerStateError,
  WrongStateError,
} from './errors.ts';
import { fromSoap } from './values.ts';

/** A fault as it came, before it has a name; it does not leave this folder. */
export class SoapFault extends Error {
  readonly type: string;
  readonly text: string;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(type: string, text: string, detail: Readonly<Record<string, unknown>>) {
    super(`${type}: ${text}`);
    this.type = type;
    this.text = text;
    this.detail = detail;
  }
}

/** Who met the fault, for words and remedies. */
export interface FaultPlace {
  /** `host:port`. */
  readonly server: string;
  readonly userName: string;
  readonly isVcenter: boolean;
}

/** The fault of an answer. @param fault the library's `Envelope.Body.Fault` */
export function faultIn(fault: unknown): SoapFault {
  const { faultstring, detail } = fromSoap(fault) as { faultstring?: unknown; detail?: unknown }; // the library makes an object
  const [element, body] = Object.entries(detail ?? {}).find(([name]) => name !== '$type') ?? ['UnknownFault', {}];
  return faultOf(body, typeof faultstring === 'string' ? faultstring : '', element.replace(/Fault$/, ''));
}

/** The fault of a task or a lease: a `LocalizedMethodFault`. */
export function faultOfTask(localized: unknown): SoapFault {
  const { fault, localizedMessage } = (localized ?? {}) as { fault?: unknown; localizedMessage?: unknown };
  return faultOf(fault, typeof localizedMessage === 'string' ? localizedMessage : '', 'UnknownFault');
}

function faultOf(body: unknown, text: string, typeElse: string): SoapFault {
  const detail = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>; // checked here
  const type = typeof detail['$type'] === 'string' ? detail['$type'] : typeElse;
  return new SoapFault(type, text.trim(), detail);
}

/** The fault with its name and remedy. */
export function errorOf(fault: SoapFault, place: FaultPlace): GutsError {
  const { type, text, detail } = fault;
  const options = { cause: fault };
  const words = text === '' ? type : text.replace(/\.$/, '');
  const says = `${place.server} says: ${words}.`;
  const saysWith = (fact: unknown): string =>
    typeof fact === 'string' && !text.includes(fact) ? `${place.server} says: ${words} (${fact}).` : says;
  switch (type) {
    case 'InvalidLogin':
    case 'InvalidLocale':
      return new LoginRefusedError(type, place.server, place.userName, place.isVcenter, options);
    case 'NotAuthenticated':
      return new SessionEndedError(type, `The session at ${place.server} has ended.`, options);
    case 'NoPermission':
    case 'RestrictedByAdministrator':
      return new MissingPrivilegeError(type, privilegeIn(detail), nameOf(detail['object']), options);
    case 'RestrictedVersion':
    case 'LicenseRestricted':
    case 'NotEnoughLicenses':
      return new LicenceError(type, says, options);
    case 'InvalidState':
    case 'InvalidHostState':
    case 'InvalidDatastoreState':
    case 'InvalidHostConnectionState':
    case 'VirtualMachineNotConnected':
    case 'MoreThanOneQuestion':
      return /maintenance/i.test(text)
        ? new MaintenanceModeError(type, says, options)
        : new WrongStateError(type, says, options);
    case 'InvalidPowerState':
      return new WrongPowerStateError(type, saysWith(powerIn(detail)), options);
    case 'TaskInProgress':
    case 'ConcurrentAccess':
    case 'ResourceInUse':
    case 'VmConfigFileLocked':
      return new BusyError(type, says, options);
    case 'ToolsUnavailable':
      return new ToolsUnavailableError(type, says, options);
    case 'FileFault':
    case 'FileNotFound':
    case 'FileLocked':
    case 'FileNotWritable':
    case 'FileAlreadyExists':
    case 'CannotAccessFile':
    case 'NoDiskSpace':
      return new FileFaultError(type, saysWith(detail['file']), options);
    case 'ManagedObjectNotFound':
      return new GoneError(type, saysWith(nameOf(detail['obj'])), options);
    case 'Timedout':
      return new TimedOutError(type, says, options);
    case 'SnapshotFault':
    case 'ApplicationQuiesceFault':
    case 'FilesystemQuiesceFault':
    case 'SnapshotIncompatibleDeviceInVm':
    case 'SnapshotLocked':
    case 'SnapshotNoChange':
    case 'TooManySnapshotLevels':
    case 'MemorySnapshotOnIndependentDisk':
    case 'MultiWriterNotSupported':
      return new SnapshotFailedError(type, says, options);
    case 'NotSupported':
    case 'NotImplemented':
    case 'MethodNotFound':
      return new NotSupportedError(type, says, options);
    case 'HostCommunication':
    case 'HostNotConnected':
    case 'HostNotReachable':
    case 'NoHost':
    case 'NoActiveHostInCluster':
      return new HostUnreachableError(type, says, options);
    default:
      return new UnexpectedFaultError(type, saysWith(type), options);
  }
}

/** One privilege, or the several that newer servers name. */
function privilegeIn(detail: Readonly<Record<string, unknown>>): string {
  const one = detail['privilegeId'];
  if (typeof one === 'string' && one !== '') return one;
  const ids = JSON.stringify(detail['missingPrivileges'] ?? '').match(/\b[A-Z]\w*(\.\w+)+/g) ?? [];
  return ids.length === 0 ? 'that this needs' : [...new Set(ids)].join(', ');
}

function powerIn({ requestedState, existingState }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof existingState === 'string' ? `it is ${existingState}, not ${String(requestedState)}` : undefined;
}

function nameOf(object: unknown): string {
  const { type, id } = (object ?? {}) as { type?: unknown; id?: unknown };
  return typeof type === 'string' && typeof id === 'string' ? `${type} ${id}` : 'this object';
}
