/** The real OpenStack of test/peers: started where it is not up yet, and left up for whoever comes next. */
import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { DestinationSignIn } from '../../main/shared/connections.ts';

const lab = path.resolve(import.meta.dirname, '../peers/openstack/lab.sh');
const run = promisify(execFile);
const UP_TIMEOUT_MS = 25 * 60_000;

export interface OpenstackPeer {
  /** An ordinary member of one project, and the cloud's admin in its own. */
  readonly member: DestinationSignIn;
  readonly admin: DestinationSignIn;
  /** A guest of 64 MiB that prints GUEST-BOOT, GUEST-DISK, GUEST-NIC, GUEST-NET, GUEST-READY on its serial console. */
  readonly guestRaw: string;
  readonly guestQcow2: string;
}

/** Takes seconds where the peer is up, a minute where it was, and some more for the first time. Needs root. */
export async function openstackPeer(): Promise<OpenstackPeer> {
  await run(lab, ['up'], { timeout: UP_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 });
  const member = await environment();
  return {
    member: signInOf('lab member', 'dst_labmember000', member),
    admin: signInOf('lab admin', 'dst_labadmin0000', await environment('admin')),
    guestRaw: need(member, 'LAB_GUEST_RAW'),
    guestQcow2: need(member, 'LAB_GUEST_QCOW2'),
  };
}

async function environment(...user: string[]): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await run(lab, ['env', ...user]);
  return new Map([...stdout.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

function need(variables: ReadonlyMap<string, string>, name: string): string {
  const value = variables.get(name);
  if (value === undefined) throw new Error(`the peer does not tell its ${name}`);
  return value;
}

function signInOf(name: string, id: string, variables: ReadonlyMap<string, string>): DestinationSignIn {
  return DestinationSignIn.parse({
    connection: {
      id,
      name,
      kind: 'openstack',
      authUrl: need(variables, 'OS_AUTH_URL'),
      auth: {
        method: 'password',
        userName: need(variables, 'OS_USERNAME'),
        userDomain: need(variables, 'OS_USER_DOMAIN_NAME'),
        project: need(variables, 'OS_PROJECT_NAME'),
        projectDomain: need(variables, 'OS_PROJECT_DOMAIN_NAME'),
      },
      region: need(variables, 'OS_REGION_NAME'),
      interface: 'public',
      trust: { kind: 'system' },
      proxy: null,
      createdAt: '2026-11-22T00:00:00Z',
      about: null,
    },
    secret: need(variables, 'OS_PASSWORD'),
  });
}
