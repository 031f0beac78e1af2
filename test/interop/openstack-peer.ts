/** The real OpenStack of test/peers: started where it is not up yet, seen to answer, and left up for whoever comes next. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DestinationSignIn } from '../../main/shared/connections.ts';
import { Cloud } from './cloud.ts';

const lab = path.resolve(import.meta.dirname, '../peers/openstack/lab.sh');
const run = promisify(execFile);
const state = process.env['LAB_STATE'] ?? '/tmp/guts-lab/openstack';
const UP_TIMEOUT_MS = 25 * 60_000;
const ANSWER_TIMEOUT_MS = 60_000;
/** What the services on the way to a first answer have said last. */
const LOGS = ['haproxy.out', 'keystone.out', 'keystone.log', 'nova-api.log', 'neutron-server.log', 'glance.log'];

export interface OpenstackPeer {
  /** An ordinary member of one project, and the cloud's admin in its own. */
  readonly member: DestinationSignIn;
  readonly admin: DestinationSignIn;
  /** A guest of 64 MiB that prints GUEST-BOOT, GUEST-DISK, GUEST-NIC, GUEST-NET, GUEST-READY on its serial console. */
  readonly guestRaw: string;
  readonly guestQcow2: string;
}

/**
 * Takes seconds where the peer is up, a minute where it was, and some more for the first time. Needs root. A peer whose processes
 * are there and which does not answer all the same is started anew, and what it said last is told: it is not what is tested here.
 */
export async function openstackPeer(): Promise<OpenstackPeer> {
  await up();
  const member = await environment();
  const peer = {
    member: signInOf('lab member', 'dst_labmember000', member),
    admin: signInOf('lab admin', 'dst_labadmin0000', await environment('admin')),
    guestRaw: need(member, 'LAB_GUEST_RAW'),
    guestQcow2: need(member, 'LAB_GUEST_QCOW2'),
  };
  const trouble = await troubleWith(peer.member);
  if (trouble === null) return peer;
  console.error(`The peer is up and does not answer: ${trouble}\n${await told()}\nIt is started anew.`);
  await run(lab, ['down'], { maxBuffer: 16 * 1024 * 1024 });
  await up();
  const still = await troubleWith(peer.member);
  if (still !== null) throw new Error(`The peer does not answer, started anew as well: ${still}\n${await told()}`);
  return peer;
}

const up = async (): Promise<unknown> =>
  await run(lab, ['up'], { timeout: UP_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 });

/** Signs in, and asks every service something. @returns what went wrong, or null */
async function troubleWith(member: DestinationSignIn): Promise<string | null> {
  const over = new AbortController();
  const asked = Cloud.signIn(member).then(async (cloud) => await cloud.everything());
  const late = pause(ANSWER_TIMEOUT_MS, undefined, { signal: over.signal }).then(() => {
    throw new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1000} s`);
  });
  try {
    await Promise.race([asked, late]);
    return null;
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? `${message}: ${cause.message}` : message;
  } finally {
    over.abort();
    await Promise.allSettled([late]);
  }
}

/** Which of its processes there are, and the ends of their logs. */
async function told(): Promise<string> {
  const { stdout } = await run(lab, ['status']).catch((error: { readonly stdout: string }) => error);
  const ends = LOGS.map((name) => {
    try {
      return `${name}:\n${readFileSync(path.join(state, 'log', name), 'utf8')
        .split('\n')
        .slice(-15)
        .join('\n')}`;
    } catch {
      return `${name}: none`;
    }
  });
  return [stdout, ...ends].join('\n');
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
