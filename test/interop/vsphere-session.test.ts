/** The session and the driver against an independent vCenter and ESXi host, with everything that can go wrong on the way. */
import { describe } from 'vitest';
import { type StoryVsphere, vsphereStories } from '../support/vsphere-stories.ts';
import { vspherePeer } from './vsphere-peer.ts';

/** The peer is written in Go, and names the fields of faults as Go does. */
const inGo = (detail: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(detail).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
  );

async function open(kind: 'vcenter' | 'esxi'): Promise<StoryVsphere> {
  const peer = await vspherePeer(kind);
  return {
    kind,
    signIn: await peer.signIn(),
    version: '7.0.3.0',
    machines: {
      running: 'zoo-lin-running',
      off: 'zoo-lin-efi-2disk',
      stuck: 'zoo-stuck-shutdown',
      withSnapshots: 'zoo-snapshots',
    },
    refOf: peer.refOf,
    fault: async ({ detail = {}, ...rule }) =>
      await peer.fault({ status: 503, retryAfter: '0', ...rule, method: rule.method, detail: inGo(detail) }),
    reset: peer.reset,
    expireSessions: async () => await peer.post('/session/expire'),
    rotateCertificate: async () => await peer.post('/cert/rotate'),
    logins: async () => (await peer.state()).counts['Login'] ?? 0,
    leases: async () => (await peer.state()).leases,
    [Symbol.asyncDispose]: async () => await peer[Symbol.asyncDispose](),
  };
}

describe.each(['vcenter', 'esxi'] as const)('%s', (kind) => {
  vsphereStories(async () => await open(kind));
});
