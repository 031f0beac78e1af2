/** The SOAP side of the simulated vCenter: requests in, the right call for each, answers and faults out. */
import { GutsError } from '../../../main/shared/errors.ts';
import { parseXml } from '../../../worker/containers/xml.ts';
import type { FaultRule } from '../faults.ts';
import { ALL_PRIVILEGES, callMachine, type MachineRoom } from './machine-calls.ts';
import { hostAbout, type HostLicence, LICENCE_MANAGER, licenceManager, mustBeLicensed } from './licence.ts';
import { ADMIN_ROLE } from './machine-properties.ts';
import { type ManagedObject, managedObject } from './managed-object.ts';
import type { Performance } from './performance.ts';
import { continueRetrieve, isKind, retrieveProperties, retrievePropertiesEx, type Find } from './property-collector.ts';
import type { Collector, Session, Sessions } from './sessions.ts';
import { createFilter, waitForUpdates } from './updates.ts';
import { data, type Data, element, list, type Ref, refs } from './values.ts';
import { Arguments, invalidArgument, invalidRequest, notAuthenticated, notFound, VimFault } from './vim-fault.ts';

export interface SoapRoom extends MachineRoom {
  readonly sessions: Sessions;
  readonly performance: Performance;
  readonly user: string;
  readonly password: string;
  readonly instanceUuid: string;
  readonly apiVersion: string;
  /** Null where it is a vCenter. */
  readonly hostLicence: HostLicence | null;
  readonly pageCap: number;
}

export interface SoapCall {
  readonly method: string;
  readonly self: Ref;
  readonly args: Arguments;
}

/** @throws VimFault InvalidRequest where it is no SOAP request */
export function readCall(body: Uint8Array): SoapCall {
  let root;
  try {
    root = parseXml(body, 'SOAP request');
  } catch (error) {
    if (error instanceof GutsError) throw invalidRequest(error.message);
    throw error;
  }
  const call = root.children.find(({ name }) => name === 'Body')?.children[0];
  if (root.name !== 'Envelope' || call === undefined) throw invalidRequest('This is no SOAP request.');
  const args = new Arguments(call);
  const self = args.ref('_this');
  if (self === undefined) throw invalidArgument('_this');
  return { method: call.name, self, args };
}

/** An answer; `cookie` is to be set. */
export interface SoapAnswer {
  readonly xml: string;
  readonly cookie?: string;
}

/** Methods of machines and snapshots. */
const MACHINE_METHODS =
  /^(?:PowerOn|PowerOff|Reconfig)VM_Task$|^(?:Create|Remove)Snapshot_Task$|^ShutdownGuest$|^Export(?:Vm|Snapshot)$|^QueryChangedDiskAreas$/;
const LEASE_METHODS = /^HttpNfcLease(?:Progress|Complete|Abort|GetManifest)$/;

/**
 * @param session null before a login
 * @param gone aborts when the client leaves
 * @throws VimFault
 */
export async function answerCall(
  { method, self, args }: SoapCall,
  session: Session | null,
  rules: readonly FaultRule[],
  room: SoapRoom,
  gone: AbortSignal,
): Promise<SoapAnswer> {
  const answered = (inner: string): SoapAnswer => ({
    xml: `<${method}Response xmlns="urn:vim25">${inner}</${method}Response>`,
  });
  const find: Find = (ref) => session?.views.get(ref.id) ?? serviceObject(ref, room, session) ?? room.world.find(ref);

  if (method === 'RetrieveServiceContent') return answered(element('returnval', serviceContent(room)));
  if (method === 'CurrentTime') return answered(element('returnval', new Date()));
  if (method === 'Login') return login(args, room, answered);
  const isOpen = method.startsWith('RetrieveProperties') && asksOnlyForService(args);
  if (session === null && !isOpen) throw notAuthenticated(self);
  if (method === 'RetrievePropertiesEx') return answered(retrievePropertiesEx(args, find, session, room.pageCap));
  if (method === 'RetrieveProperties') return answered(retrieveProperties(args, find));
  if (session === null) throw notAuthenticated(self);

  mustBeLicensed(method, room.hostLicence);
  if (MACHINE_METHODS.test(method)) return answered(callMachine(method, self, args, session, rules, room));
  if (LEASE_METHODS.test(method)) return answered(room.leases.call(method, self, args));
  switch (method) {
    case 'Logout':
      room.sessions.end(session);
      return answered('');
    case 'SessionIsActive': {
      const isActive = room.sessions.all.some(({ key }) => key === args.text('sessionID'));
      return answered(element('returnval', isActive));
    }
    case 'CreateContainerView':
      return answered(element('returnval', createView(args, session, room)));
    case 'DestroyView':
      if (!session.views.delete(self.id)) throw notFound(self);
      return answered('');
    case 'ContinueRetrievePropertiesEx':
      return answered(continueRetrieve(args, session, room.pageCap));
    case 'CancelRetrievePropertiesEx':
      session.pages.delete(args.need('token'));
      return answered('');
    case 'CreatePropertyCollector':
      return answered(element('returnval', session.addCollector().ref));
    case 'DestroyPropertyCollector': {
      collectorOf(session, self).end();
      session.collectors.delete(self.id);
      return answered('');
    }
    case 'CreateFilter':
      return answered(element('returnval', createFilter(args, session, collectorOf(session, self), find)));
    case 'DestroyPropertyFilter': {
      const isGone = [...session.collectors.values()].map(({ filters }) => filters.delete(self.id));
      if (!isGone.includes(true)) throw notFound(self);
      return answered('');
    }
    case 'WaitForUpdatesEx':
      return answered(await waitForUpdates(args, session, collectorOf(session, self), room.world, find, gone));
    case 'HasPrivilegeOnEntities':
      return answered(privileges(args, rules));
    case 'QueryPerf':
      return answered(room.performance.query(args));
    default:
      throw invalidRequest(`The simulator does not know ${method}.`);
  }
}

function collectorOf(session: Session, self: Ref): Collector {
  const collector = session.collectors.get(self.id);
  if (collector === undefined) throw notFound(self);
  return collector;
}

function login(args: Arguments, room: SoapRoom, answered: (inner: string) => SoapAnswer): SoapAnswer {
  const user = args.need('userName');
  if (user.toLowerCase() !== room.user.toLowerCase() || args.need('password') !== room.password) {
    throw new VimFault('InvalidLogin', 'Cannot complete login due to an incorrect user name or password.');
  }
  const session = room.sessions.open(user);
  const cookie = `vmware_soap_session="${session.key}"; Path=/; HttpOnly; Secure; `;
  return { ...answered(element('returnval', sessionData(session))), cookie };
}

function sessionData(session: Session): Data {
  return data('UserSession', {
    key: session.key,
    userName: session.user,
    fullName: session.user,
    loginTime: session.loginAt,
    lastActiveTime: session.loginAt,
    locale: 'en_US',
    messageLocale: 'en_US',
    extensionSession: false,
    ipAddress: '127.0.0.1',
    userAgent: '',
    callCount: 0,
  });
}

/** Only the service instance's own properties can be read before a login. */
function asksOnlyForService(args: Arguments): boolean {
  const starts = args.all('specSet').flatMap((spec) => spec.all('objectSet').map((set) => set.ref('obj')));
  return starts.length > 0 && starts.every((ref) => ref?.type === 'ServiceInstance');
}

const SERVICE: Ref = { type: 'ServiceInstance', id: 'ServiceInstance' };

function serviceObject(ref: Ref, room: SoapRoom, session: Session | null): ManagedObject | undefined {
  switch (ref.type) {
    case SERVICE.type:
      return managedObject(SERVICE, { content: () => serviceContent(room), serverClock: () => new Date() });
    case 'SessionManager':
      return managedObject(ref, { currentSession: () => (session === null ? undefined : sessionData(session)) });
    case 'AuthorizationManager':
      return managedObject(ref, { roleList: () => list('AuthorizationRole', [adminRole()]) });
    case LICENCE_MANAGER.type:
      return room.hostLicence === null ? undefined : licenceManager(room.hostLicence);
    case 'PerformanceManager':
      return room.performance.object(ref);
    default:
      return undefined;
  }
}

/** Everybody who signs in may do everything, until a fault rule says otherwise. */
function adminRole(): Data {
  return data('AuthorizationRole', {
    roleId: ADMIN_ROLE,
    system: true,
    name: 'Admin',
    info: data('Description', { label: 'Administrator', summary: 'Full access rights' }),
    privilege: list('String', ALL_PRIVILEGES),
  });
}

function serviceContent({ world, instanceUuid, apiVersion, hostLicence }: SoapRoom): Data {
  const version = apiVersion.split('.').slice(0, 3).join('.');
  return data('ServiceContent', {
    rootFolder: world.rootFolder,
    propertyCollector: { type: 'PropertyCollector', id: 'propertyCollector' },
    viewManager: { type: 'ViewManager', id: 'ViewManager' },
    about: data('AboutInfo', {
      name: 'VMware vCenter Server',
      fullName: `VMware vCenter Server ${version} build-24022515`,
      vendor: 'VMware, Inc.',
      version,
      build: '24022515',
      localeVersion: 'INTL',
      localeBuild: '000',
      osType: 'linux-x64',
      productLineId: 'vpx',
      apiType: 'VirtualCenter',
      apiVersion,
      instanceUuid,
      licenseProductName: 'VMware VirtualCenter Server',
      licenseProductVersion: '8.0',
      ...(hostLicence === null ? {} : hostAbout(version)),
    }),
    ...(hostLicence === null ? {} : { licenseManager: LICENCE_MANAGER }),
    sessionManager: { type: 'SessionManager', id: 'SessionManager' },
    authorizationManager: { type: 'AuthorizationManager', id: 'AuthorizationManager' },
    perfManager: { type: 'PerformanceManager', id: 'PerfMgr' },
    taskManager: { type: 'TaskManager', id: 'TaskManager' },
  });
}

function createView(args: Arguments, session: Session, { world }: SoapRoom): Ref {
  const container = args.ref('container');
  if (container === undefined) throw invalidArgument('container');
  if (world.find(container) === undefined) throw notFound(container);
  const types = args.all('type').map(({ element: { text } }) => text);
  const isDeep = args.flag('recursive');
  const ref = session.own('ContainerView');
  const seen = (): Ref[] =>
    [...(isDeep ? world.below(container) : world.directlyBelow(container))]
      .map((object) => object.ref)
      .filter(({ type }) => types.length === 0 || types.some((wanted) => isKind(type, wanted)));
  const view = managedObject(ref, {
    container: () => container,
    type: () => list('String', types),
    recursive: () => isDeep,
    view: () => refs(seen()),
  });
  session.views.set(ref.id, view);
  return ref;
}

function privileges(args: Arguments, rules: readonly FaultRule[]): string {
  const denied = new Set(rules.filter(({ kind }) => kind === 'deny').flatMap((rule) => rule.privileges));
  const asked = args.all('privId').map(({ element: { text } }) => text);
  return args
    .all('entity')
    .map((entity) => {
      const availability = asked.map((privId) =>
        data('PrivilegeAvailability', { privId, isGranted: !denied.has(privId) }),
      );
      const fields = { entity: entity.itself, privAvailability: list('PrivilegeAvailability', availability) };
      return element('returnval', data('EntityPrivilege', fields));
    })
    .join('');
}

export function envelope(inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n<soapenv:Body>${inner}</soapenv:Body>\n</soapenv:Envelope>`;
}
