/** The way to a vCenter or an ESXi host: servers, licence, rights on the machine's own objects, and its disks. */
import { z } from 'zod';
import type { SourceSignIn } from '../../main/shared/connections.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { Reading } from '../../main/shared/migration.ts';
import { vsphereDriver } from '../sources/vsphere/driver.ts';
import { GoneError, MissingPrivilegeError } from '../sources/vsphere/errors.ts';
import { hasFreeLicence, OLDEST_SUPPORTED } from '../sources/vsphere/probe.ts';
import { inventoryPages } from '../sources/vsphere/inventory/pages.ts';
import { VsphereSession } from '../sources/vsphere/session.ts';
import { listOf, type ManagedRef, ManagedRefValue } from '../sources/vsphere/values.ts';
import { compare } from '../sources/vsphere/version.ts';
import { machineOf, mayBeSignedIn, NOTHING, undoLeft, type SourceLook, type SourceSeen } from './look.ts';
import { findMachine } from './machine.ts';
import { lookAtPlaces, nameOf, placeAt, type Place } from './places.ts';
import { optionsFor, tryReadings, wayNames } from './readings.ts';
import { lookAtRights } from './vsphere-rights.ts';

/** What hosts said before vSphere had one port for everything. */
const OLD_PORT = 902;

export async function lookAtVsphere(signIn: SourceSignIn, look: SourceLook): Promise<SourceSeen> {
  const { steps, signal, vm: wanted, withSnapshot, ledger } = look;
  const { connection } = signIn;
  const vcenter = vcenterPlace(signIn);
  await lookAtPlaces([vcenter], steps, signal);
  if (!mayBeSignedIn(vcenter, steps)) return NOTHING;
  const opened: { session: VsphereSession | null } = { session: null };
  await steps.look('rights', `sign-in as ${connection.userName}`, async () => {
    opened.session = await VsphereSession.open(signIn, signal);
    return { verdict: 'good', says: `${connection.url} lets ${connection.userName} in.` };
  });
  const { session } = opened;
  if (session === null) return NOTHING;
  await using driver = vsphereDriver(session, signIn);
  await undoLeft(look, driver);
  const product = `${session.about.product} ${session.about.version}`;
  await lookAtProduct(session, look);
  const found = await machineOf(
    look,
    async () => await findMachine(driver, wanted, signal, inventoryPages(session, signal)),
  );
  if (found === null) return { product, machine: null, readings: [], chosen: null };
  const { vm, why } = found;
  const options = optionsFor(vm, withSnapshot);
  const open = driver.readings(vm, options).flatMap(({ reading, obstacle }) => (obstacle === null ? [reading] : []));
  await lookAtHosts(session, signIn, vm, open, look);
  await lookAtRights(session, driver, vm, look);
  const seen = await tryReadings({ driver, vm, mayMakeSnapshot: withSnapshot, ledger, signal }, steps);
  return { product, machine: { ref: vm.ref, name: vm.name, power: vm.power, why }, ...seen };
}

export const vcenterPlace = ({ connection: { url, proxy, trust } }: SourceSignIn): Place => ({
  ...placeAt(url, { what: 'vCenter', proxy, trust }),
  tellsTime: true,
});

async function lookAtProduct(session: VsphereSession, { steps, signal }: SourceLook): Promise<void> {
  const { about } = session;
  const { apiVersion } = session.content.about;
  const name = `${about.product} ${about.version}`;
  const isOld = compare(apiVersion, OLDEST_SUPPORTED) < 0;
  steps.add(
    'rights',
    'version',
    isOld
      ? {
          verdict: 'poor',
          says: `${name} is older than ${OLDEST_SUPPORTED}, the oldest that Guts is made for.`,
          remedy: 'Try a machine that matters little first, or update the server.',
          evidence: [`API ${apiVersion}`],
        }
      : { verdict: 'good', says: `${name} is one that Guts is made for.`, evidence: [`API ${apiVersion}`] },
  );
  await steps.look('rights', 'licence', async () =>
    (await hasFreeLicence(session, signal))
      ? {
          verdict: 'bad',
          says: 'This host has the free licence: it can be looked at, but vSphere refuses to export or change its machines.',
          remedy: 'Give the host a licence that is paid for, or have it managed by a vCenter.',
        }
      : { verdict: 'good', says: 'The licence lets machines be exported, as far as it tells.' },
  );
}

const Port = z.coerce.number().int().positive().max(65_535);
const Thumbprint = z.string().regex(/^([0-9A-Fa-f]{2}:){19}[0-9A-Fa-f]{2}$/);

/** Those that may have the machine when it is moved: a lease gives the disks' addresses on the one that has it then. */
async function lookAtHosts(
  session: VsphereSession,
  signIn: SourceSignIn,
  vm: InventoryVm,
  open: readonly Reading[],
  { steps, signal }: SourceLook,
): Promise<void> {
  if (session.about.kind === 'esxi' || vm.host === null) return;
  const home: ManagedRef = { type: 'HostSystem', id: vm.host };
  const places: Place[] = [];
  try {
    for (const ref of await siblingsOf(session, home, signal)) {
      const place = await hostPlace(session, signIn, ref, signal);
      if (place === null) continue;
      const onlyFor = ref.id === home.id ? atHome(open) : ELSEWHERE;
      places.push(onlyFor === null ? place : { ...place, onlyFor });
    }
  } catch (error) {
    steps.add('names', `the hosts of ${vm.name}`, steps.failed(error, 'poor'));
  }
  await lookAtPlaces(places, steps, signal);
  const [first] = places;
  if (first !== undefined)
    steps.add('ports', `TCP ${OLD_PORT} of ESXi hosts`, {
      verdict: 'notTried',
      says: `Port ${OLD_PORT} is not needed: Guts reads disks over HTTPS alone, of ${nameOf(first)} and its like, and of vCenter.`,
    });
}

/** Null where the machine can be read by nothing but what its host gives. */
function atHome(open: readonly Reading[]): string | null {
  const others = open.filter((reading) => reading !== 'lease');
  if (others.length > 0)
    return `Only an export lease goes there; ${others.map((reading) => wayNames[reading]).join(' and ')} go through vCenter alone.`;
  return open.length > 0 ? null : 'Only an export lease goes there, and this machine cannot be read by one as it is.';
}

const ELSEWHERE = 'It matters once the machine runs there, and is read by a lease.';

/** The host and those beside it in its cluster; itself alone where those may not be seen. */
async function siblingsOf(session: VsphereSession, host: ManagedRef, signal: AbortSignal): Promise<ManagedRef[]> {
  try {
    const parent = ManagedRefValue.parse((await session.properties(host, ['parent'], signal)).get('parent'));
    const found = listOf(ManagedRefValue).parse((await session.properties(parent, ['host'], signal)).get('host'));
    return [host, ...found.filter(({ id }) => id !== host.id)];
  } catch (error) {
    if (error instanceof MissingPrivilegeError || error instanceof GoneError || error instanceof z.ZodError)
      return [host];
    throw error;
  }
}

/** Null where the user may not see its name. */
export async function hostPlace(
  session: VsphereSession,
  { connection: { proxy, trust } }: SourceSignIn,
  ref: ManagedRef,
  signal: AbortSignal,
): Promise<Place | null> {
  const paths = ['name', 'summary.config.port', 'summary.config.sslThumbprint'];
  const found = await session.properties(ref, paths, signal);
  const host = found.get('name');
  if (typeof host !== 'string' || host === '') return null;
  const port = Port.safeParse(found.get('summary.config.port')).data ?? 443;
  const sha1 = Thumbprint.safeParse(found.get('summary.config.sslThumbprint')).data;
  const vouched = trust.kind === 'pinned' ? null : trust; // a pin is of vCenter's own certificate
  return {
    what: 'ESXi host',
    host,
    port: port === OLD_PORT ? 443 : port,
    proxy,
    trust: sha1 === undefined ? vouched : { kind: 'thumbprint', sha1 },
    tellsTime: false,
  };
}
