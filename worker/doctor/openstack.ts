/** The way to a cloud: Keystone, the endpoints of its catalogue that are needed, what the roles allow, and an upload where it is wished. */
import { z } from 'zod';
import type { DestinationSignIn } from '../../main/shared/connections.ts';
import { CloudSession, type Service } from '../destinations/openstack/cloud-session.ts';
import { openstackDriver } from '../destinations/openstack/driver.ts';
import { wallClock } from '../destinations/openstack/patience.ts';
import { OLDEST_COMPUTE, PROOF } from '../destinations/openstack/probe.ts';
import { compareVersions } from '../destinations/openstack/versions.ts';
import { mayBeSignedIn, undoLeft, type CloudLook } from './look.ts';
import { lookAtPlaces, placeAt, nameOf, type Place } from './places.ts';
import type { Seen, Steps } from './steps.ts';
import { tryWriting } from './writing.ts';

const serviceNames: Readonly<Record<Service, string>> = {
  identity: 'Keystone',
  image: 'Glance',
  compute: 'Nova',
  network: 'Neutron',
  volume: 'Cinder',
  placement: 'Placement',
};
const services = ['identity', 'image', 'compute', 'network', 'volume'] as const;

/** @returns the project, null where the cloud did not let in */
export async function lookAtOpenstack(signIn: DestinationSignIn, look: CloudLook): Promise<string | null> {
  const { steps, signal } = look;
  const { connection } = signIn;
  const { proxy, trust } = connection;
  const keystone = { ...placeAt(connection.authUrl, { what: 'Keystone', proxy, trust }), tellsTime: true };
  await lookAtPlaces([keystone], steps, signal);
  if (!mayBeSignedIn(keystone, steps)) return null;
  const opened: { session: CloudSession | null } = { session: null };
  await steps.look('rights', `sign-in to ${connection.name}`, async () => {
    opened.session = await CloudSession.open(signIn, signal);
    const { user, project } = opened.session.about;
    return { verdict: 'good', says: `Keystone lets ${user.name} into project ${project.name}.` };
  });
  const { session } = opened;
  if (session === null) return null;
  await using driver = openstackDriver({ session, clock: wallClock });
  await undoLeft(look, driver);
  await lookAtPlaces(cloudPlaces(session, signIn), steps, signal);
  await lookAtServices(session, look);
  rolesSeen(session, steps);
  await tryWriting(driver, look);
  return session.about.project.name;
}

/** One for each host and port, with everything that is there. */
export function cloudPlaces(session: CloudSession, { connection: { proxy, trust } }: DestinationSignIn): Place[] {
  const byName = new Map<string, { readonly place: Place; readonly what: string[] }>();
  for (const service of services) {
    if (!session.has(service)) continue;
    const place = placeAt(session.endpoint(service), { what: serviceNames[service], proxy, trust });
    const known = byName.get(nameOf(place));
    if (known === undefined) byName.set(nameOf(place), { place, what: [serviceNames[service]] });
    else known.what.push(serviceNames[service]);
  }
  return [...byName.values()].map(({ place, what }) => ({ ...place, what: what.join(', ') }));
}

async function lookAtServices(session: CloudSession, { steps, signal }: CloudLook): Promise<void> {
  for (const service of services) {
    if (service === 'identity') continue;
    const name = serviceNames[service];
    const proof = PROOF.find(([of]) => of === service);
    if (!session.has(service)) {
      steps.add('rights', name, absentSeen(service));
      continue;
    }
    await steps.look('rights', name, async () => {
      if (proof !== undefined) {
        const [, path, query] = proof;
        await session.request(service, 'GET', path, { schema: z.looseObject({}), query, signal });
      }
      const version = session.about.versions[service];
      const evidence = [session.endpoint(service), ...(version === undefined ? [] : [`version ${version}`])];
      if (service === 'compute' && version !== undefined && compareVersions(version, OLDEST_COMPUTE) < 0)
        return {
          verdict: 'poor',
          says: `Nova speaks ${version}: the cloud is older than the release Zed, the oldest that Guts is tried with.`,
          remedy: 'Move a machine that matters little first.',
          evidence,
        };
      return { verdict: 'good', says: `${name} answers this user.`, evidence };
    });
  }
}

const absentSeen = (service: Exclude<Service, 'identity'>): Seen =>
  service === 'volume'
    ? {
        verdict: 'poor',
        says: 'The cloud has no volume service: machines boot from images, and can have one disk each.',
        remedy: 'Choose machines with one disk, or another region or cloud.',
      }
    : {
        verdict: 'bad',
        says: `The catalogue has no ${serviceNames[service]} in this region at this interface.`,
        remedy: 'Choose another region or interface for the destination, or ask whoever runs the cloud.',
      };

const MAKERS = ['member', '_member_', 'admin', 'manager'];

/** Clouds tell roles, and not what their policies make of them: nothing is made to find out. */
function rolesSeen(session: CloudSession, steps: Steps): void {
  const { roles, project } = session.about;
  const all = roles.length === 0 ? 'no role' : `the role${roles.length === 1 ? '' : 's'} ${roles.join(', ')}`;
  const evidence = [...roles];
  const isMaker = roles.some((role) => MAKERS.includes(role.toLowerCase()));
  const isReader = !isMaker && roles.every((role) => role.toLowerCase() === 'reader');
  const remedy = `Have the user given the role “member” in project ${project.name}.`;
  steps.add(
    'rights',
    'making images, volumes, ports and servers',
    isMaker
      ? {
          verdict: 'good',
          says: `The user has ${all} in project ${project.name}, which makes things in every usual policy.`,
          evidence,
        }
      : isReader
        ? {
            verdict: 'bad',
            says: `The user has ${all} in project ${project.name}, which makes nothing.`,
            remedy,
            evidence,
          }
        : {
            verdict: 'poor',
            says: `The user has ${all} in project ${project.name}; whether they make things, the cloud’s policies alone know.`,
            remedy: `${remedy} Or let an image be uploaded and removed (--write-test): that shows it for images.`,
            evidence,
          },
  );
}
