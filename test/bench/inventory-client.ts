/** Reads a whole inventory as the engine's thread does, and prints how much it was: what the inventory bench measures. */
import '../../main/shared/shim.ts';
import { SourceSignIn } from '../../main/shared/connections.ts';
import { inventoryPages } from '../../worker/sources/vsphere/inventory/pages.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';

const { env } = process;
const signIn = SourceSignIn.parse({
  secret: env['VSPHERE_PASS'],
  connection: {
    id: 'src_000000000000',
    name: 'bench',
    kind: 'vsphere',
    url: new URL(env['VSPHERE_URL'] ?? '').origin,
    userName: env['VSPHERE_USER'],
    trust: { kind: 'pinned', sha256: env['VSPHERE_SHA256'] },
    proxy: null,
    createdAt: new Date().toISOString(),
    about: null,
  },
});

async function readAll(): Promise<object> {
  const { signal } = new AbortController();
  await using session = await VsphereSession.open(signIn, signal);
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  let vms = 0;
  let disks = 0;
  for await (const page of inventoryPages(session, signal)) {
    vms += page.vms.length;
    for (const vm of page.vms) disks += vm.disks.length;
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    vms,
    disks,
    wallSeconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
}

void readAll().then((result) => process.stdout.write(`${JSON.stringify(result)}\n`));
