/** The session and the driver against the built-in vCenter: the same stories as against independent ones. */
import { describe } from 'vitest';
import { startVcenter } from '../lab/vcenter/vcenter.ts';
import { type StoryVsphere, vsphereStories } from '../support/vsphere-stories.ts';
import { signInTo } from '../support/vsphere-source.ts';

async function open(): Promise<StoryVsphere> {
  const vcenter = await startVcenter();
  return {
    kind: 'vcenter',
    signIn: signInTo(vcenter),
    version: '8.0.3.0',
    machines: { running: 'shop-01', off: 'files-01', stuck: 'odd-stuck-shutdown', withSnapshots: 'odd-snapshot-chain' },
    async refOf(name) {
      const found = vcenter.state().machines.find((machine) => machine.name === name);
      if (found === undefined) throw new Error(`there is no ${name}`);
      return found.ref;
    },
    fault: async ({ method, privileges = [], ...rule }) =>
      vcenter.faults.add({
        where: 'soap',
        match: `^${method}$`,
        headers: { 'retry-after': '0' },
        privileges: [...privileges],
        ...rule,
      }),
    reset: async () => vcenter.faults.clear(),
    expireSessions: async () => vcenter.expireSessions(),
    rotateCertificate: async () => await vcenter.rotateCertificate(),
    logins: async () => vcenter.state().requests['Login'] ?? 0,
    leases: async () =>
      vcenter.state().leases.filter(({ state }) => state === 'initializing' || state === 'ready').length,
    [Symbol.asyncDispose]: async () => await vcenter[Symbol.asyncDispose](),
  };
}

describe('the built-in vCenter', () => {
  vsphereStories(open);
});
