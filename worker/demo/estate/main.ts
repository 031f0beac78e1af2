/** Entry of the demo's thread: a vCenter with some two hundred machines, a Hyper-V host with ten, and an OpenStack to move them to, until it is told to end. */
import '../../../main/shared/shim.ts';
import { mkdir } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { END_DEMO_WORLD, type DemoWorldFacts, type DemoWorldOptions } from '../../../main/shared/demo-world.ts';
import { startHyperv, type Hyperv } from '../../../test/lab/hyperv/hyperv.ts';
import { startOpenstack, type OpenstackLab } from '../../../test/lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../../../test/lab/vcenter/vcenter.ts';
import { BRANCH_HOST, branchMachines } from './branch-host.ts';
import { cloudOptions } from './cloud.ts';
import { oddMachines } from './odd.ts';
import { ordinaryMachines } from './ordinary.ts';
import { sites } from './places.ts';

/** Long enough to be seen, short enough to be waited for. */
const TASK_MS = 300;
const SHUTDOWN_MS = 1200;
const MERGE_MS = 600;
/** As long as an operator may want to see what a deaf machine does. */
const STOP_WAIT_MS = 20_000;

const port = parentPort;
if (port === null) throw new Error('The world of the demo runs as a worker thread.');
const { uploads } = workerData as DemoWorldOptions; // main/demo-world.ts gives it

const vcenter = startVcenter({
  sites,
  machines: [...ordinaryMachines(), ...oddMachines()],
  withOthers: false,
  taskMs: TASK_MS,
  shutdownMs: SHUTDOWN_MS,
});
const hyperv = startHyperv({
  name: BRANCH_HOST,
  machines: branchMachines(),
  shutdownMs: SHUTDOWN_MS,
  stopWaitMs: STOP_WAIT_MS,
  mergeMs: MERGE_MS,
});
const cloud = mkdir(uploads, { recursive: true, mode: 0o700 }).then(
  async () => await startOpenstack(cloudOptions(uploads)),
);

port.on('message', (message: unknown) => {
  if (message === END_DEMO_WORLD) void end();
});
void tellFacts();

/** What fails here ends the thread, and its host hears why. */
async function tellFacts(): Promise<void> {
  port?.postMessage(factsOf(await vcenter, await hyperv, await cloud));
}

async function end(): Promise<void> {
  for (const one of await Promise.allSettled([vcenter, hyperv, cloud]))
    if (one.status === 'fulfilled') await one.value[Symbol.asyncDispose]();
  port?.close(); // nothing else keeps the thread
}

function factsOf({ url, user, password, fingerprint }: Vcenter, host: Hyperv, lab: OpenstackLab): DemoWorldFacts {
  const { id, secret } = lab.applicationCredential;
  return {
    source: { url, userName: user, fingerprint, secret: password },
    hyperv: {
      url: host.httpsUrl,
      userName: `${host.name}\\${host.user}`,
      fingerprint: host.fingerprint,
      secret: host.password,
      smbPort: host.smbPort,
    },
    destination: {
      authUrl: lab.authUrl,
      auth: { method: 'applicationCredential', id },
      region: lab.region,
      fingerprint: lab.fingerprint,
      secret,
    },
  };
}
