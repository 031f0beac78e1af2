/** What goes wrong on an independent Hyper-V host: it passes, or is told by its name with a way out; and nothing is left there. */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { GutsError } from '../../main/shared/errors.ts';
import { readGuest } from '../../worker/disk/extents.ts';
import type { SourceDriver } from '../../worker/drivers.ts';
import { defaultOptions } from '../../main/shared/migration.ts';
import { openHyperv } from '../../worker/sources/hyperv/driver.ts';
import { testHyperv } from '../../worker/sources/hyperv/probe.ts';
import { HypervSession } from '../../worker/sources/hyperv/session.ts';
import { WinrmChannel } from '../../worker/sources/hyperv/winrm/channel.ts';
import { WinrmShell } from '../../worker/sources/hyperv/winrm/shell.ts';
import { CuttingProxy } from '../support/cutting-proxy.ts';
import { plannedByFile } from '../support/hyperv-source.ts';
import { ledgerInMemory } from '../support/vsphere-source.ts';
import { hypervPeer, type HypervPeer } from './hyperv-peer.ts';
import { allWays, signInToPeer, type Way } from './hyperv-sign-in.ts';

const SEALED = 'HTTP with NTLM, sealed';
/** What the peer allows one user. */
const MOST_SHELLS = 30;

let peer: HypervPeer;
beforeAll(async () => {
  peer = await hypervPeer();
}, 15 * 60_000);
afterAll(async () => await peer[Symbol.asyncDispose]());

const Shells = z.object({ shells: z.array(z.unknown()) });
const Standing = z.object({
  model: z.object({
    vms: z.array(z.object({ Name: z.string(), State: z.string(), Snapshots: z.array(z.object({ Name: z.string() })) })),
  }),
});

async function machine(name: string): Promise<z.infer<typeof Standing>['model']['vms'][number]> {
  const { model } = Standing.parse(await peer.control({ op: 'model' }));
  const found = model.vms.find(({ Name }) => Name === name);
  if (found === undefined) throw new Error(`the peer has no ${name}`);
  return found;
}

/** After every story, whatever became of it. */
async function mustBeClean(): Promise<void> {
  expect(Shells.parse(await peer.control({ op: 'shells' })).shells).toEqual([]);
  const { model } = Standing.parse(await peer.control({ op: 'model' }));
  expect(model.vms.flatMap(({ Snapshots }) => Snapshots.map(({ Name }) => Name))).toEqual(['before patch "42"']);
}
afterEach(mustBeClean);

const soon = (): AbortSignal => AbortSignal.timeout(3 * 60_000);

async function countOf(source: SourceDriver): Promise<number> {
  let count = 0;
  for await (const page of source.inventory(soon())) count += page.vms.length;
  return count;
}

async function refOf(source: SourceDriver, name: string): Promise<string> {
  for await (const page of source.inventory(soon())) for (const vm of page.vms) if (vm.name === name) return vm.ref;
  throw new Error(`there is no ${name}`);
}

/** The error that something ends with, which must be one that an operator can act on. */
async function errorOf(act: () => Promise<unknown>): Promise<GutsError> {
  const error = await act().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GutsError)) throw new Error('it was no error with a remedy', { cause: error });
  expect(error.remedy).toMatch(/^[A-Z].{15,}\.$/);
  return error;
}

describe.each(allWays)('over %s', (way: Way) => {
  test('a wrong password is told, and not repeated', async () => {
    const error = await errorOf(
      async () => await testHyperv(signInToPeer(peer, way, { password: 'not-the-password' }), soon()),
    );

    expect(error).toMatchObject({ code: 'hyperv.login-refused', retryable: false });
    expect(`${error.message} ${error.remedy}`).not.toContain('not-the-password');
  });

  test('a user who may see no machines is told which group is missing', async () => {
    const error = await errorOf(async () => await testHyperv(signInToPeer(peer, way, {}, 'viewer'), soon()));

    expect(error.code).toBe('hyperv.access-denied');
    expect(error.remedy).toContain('Hyper-V Administrators');
  });

  test('connections that end without an answer, and a host that has no time, delay the inventory and no more', async () => {
    await using source = await openHyperv(signInToPeer(peer, way), soon());
    await peer.control({ op: 'fault', list: ['drop', '503', 'drop'] });

    expect(await countOf(source)).toBe(9);
  });

  test('shells that are lost in the middle, as by a restart of the service, are opened anew', async () => {
    await using source = await openHyperv(signInToPeer(peer, way), soon());
    await peer.control({ op: 'drop-shells' });

    expect(await countOf(source)).toBe(9);
  });

  test('output in pieces that end within letters is put together', async () => {
    await peer.control({ op: 'chunk', bytes: 37 });
    try {
      await using source = await openHyperv(signInToPeer(peer, way), soon());

      expect(await refOf(source, "Büro-Server 東京 'x' [1]")).toMatch(/^[0-9a-f-]{36}$/i);
    } finally {
      await peer.control({ op: 'chunk', bytes: 32_768 });
    }
  });
});

test('an address where nobody listens is told at once', async () => {
  const signIn = signInToPeer(peer, SEALED);
  const error = await errorOf(
    async () =>
      await testHyperv({ ...signIn, connection: { ...signIn.connection, url: 'http://127.0.0.1:9' } }, soon()),
  );

  expect(error.code).toBe('net.unreachable');
});

test('a script that takes longer than the host keeps a question open is waited for', async () => {
  const { connection, secret } = signInToPeer(peer, SEALED);
  using channel = new WinrmChannel(
    { host: '127.0.0.1', port: peer.httpPort, trust: null, proxy: null, method: 'ntlm' },
    { user: connection.userName, domain: '', password: secret },
  );
  await using shell = await WinrmShell.open(channel, `${connection.url}/wsman`, soon());

  const error = await errorOf(
    async () => await shell.run('Start-Sleep -Seconds 23; throw "it came to its end"', soon()),
  );

  expect(error.message).toContain('it came to its end');
});

test('a user who has as many shells as the host allows is told so, and goes on when one ends', async () => {
  const others: HypervSession[] = [];
  for (let i = 0; i < MOST_SHELLS; i++) others.push(await HypervSession.open(signInToPeer(peer, SEALED), soon()));
  try {
    const error = await errorOf(async () => await openHyperv(signInToPeer(peer, SEALED), soon()));
    expect(error).toMatchObject({ code: 'hyperv.too-many-shells', retryable: true });
    await others.pop()?.[Symbol.asyncDispose]();
    await using source = await openHyperv(signInToPeer(peer, SEALED), soon());
    expect(source.about.kind).toBe('hyperv');
  } finally {
    for (const one of others) await one[Symbol.asyncDispose]();
  }
});

test('a connection that is cut in the middle of an answer is made anew, and the inventory is whole', async () => {
  await using proxy = await CuttingProxy.open('127.0.0.1', peer.httpPort);
  const signIn = signInToPeer(peer, SEALED);
  const through = { ...signIn, connection: { ...signIn.connection, url: `http://127.0.0.1:${proxy.port}` } };
  proxy.cutAfter(14_000, 12_000, 16_000);
  await using source = await openHyperv(through, soon());

  expect(await countOf(source)).toBe(9);
  expect(proxy.connections).toBeGreaterThan(2);
});

describe('the disks', () => {
  test('of a share that the user may not open, or that is not there, are named when the source is tried', async () => {
    const places = [{ onHost: 'D:\\Hyper-V', here: '\\\\127.0.0.1\\NoSuchShare' }];
    const { warnings } = await testHyperv(signInToPeer(peer, SEALED, { places }), soon());

    expect(warnings).toEqual([expect.stringMatching(/Disks cannot be read from here: .*NoSuchShare.* [A-Z].{15,}\.$/)]);
  });

  test('of a host whose file service cannot be reached stand in the way of a plan, with the reason', async () => {
    await using source = await openHyperv(signInToPeer(peer, SEALED, { smbPort: 9 }), soon());
    const vm = await source.describe(await refOf(source, 'vdi01'), soon());

    expect(vm.disks[0]?.problem).toMatch(/cannot be reached/);
    expect(source.readings(vm, defaultOptions)[0]?.obstacle).toContain('cannot be reached');
  });

  test('that somebody else writes to are told as locked', async () => {
    await using source = await openHyperv(signInToPeer(peer, SEALED), soon());
    const ref = await refOf(source, 'vdi01');
    const { disks } = await source.describe(ref, soon());
    const path = 'D:\\Hyper-V\\Virtual Hard Disks\\web01.vhdx'; // of a machine that runs
    const plugged = { ControllerType: 'SCSI', ControllerNumber: 0, ControllerLocation: 0 };
    await peer.control({ op: 'set', vm: 'vdi01', props: { Disks: [{ ...plugged, Path: path }] } });
    try {
      const vm = await source.describe(ref, soon());
      const error = await errorOf(
        async () => await source.openDisks(vm, plannedByFile(vm.disks), ledgerInMemory(), soon()),
      );
      expect(error.code).toBe('hyperv.file-locked');
    } finally {
      await peer.control({
        op: 'set',
        vm: 'vdi01',
        props: { Disks: [{ ...plugged, Path: disks[0]?.file }] },
      });
    }
  });

  test('go on where they were when the host restarts in the middle', async () => {
    await using source = await openHyperv(signInToPeer(peer, SEALED), soon());
    const vm = await source.describe(await refOf(source, 'crash01'), soon());
    await using open = await source.openDisks(vm, plannedByFile(vm.disks), ledgerInMemory(), soon());
    const [disk] = open.disks;
    if (disk?.kind !== 'extents') throw new Error('a disk of Hyper-V comes in extents');
    await using image = await disk.openImage(soon());
    const bytes = Buffer.alloc(disk.sizeBytes);
    const half = bytes.length / 2;

    await readGuest(image, 0, bytes.subarray(0, half), soon());
    await peer.restart();
    await readGuest(image, half, bytes.subarray(half), soon());
    await open.complete(soon());

    expect(createHash('sha256').update(bytes).digest('hex')).toBe(peer.disk('crash01/0').sha256);
  });
});

describe('a machine that runs', () => {
  test('and does not shut down is left as it was, and told', async () => {
    await using source = await openHyperv(signInToPeer(peer, SEALED), soon());
    const vm = await source.describe(await refOf(source, 'stuck01'), soon());
    const ledger = ledgerInMemory();
    const options = { ...defaultOptions, shutDownTimeoutSeconds: 4 };

    const error = await errorOf(async () => await source.shutDown(vm, options, ledger, soon()));

    expect(error.code).toBe('source.will-not-shut-down');
    expect(error.message).toContain('shutdown integration service');
    for (const item of ledger.items) await source.undo(item, soon());
    expect((await machine('stuck01')).State).toBe('Running');
  });

  test('is turned off only with leave, and started again when its migration is undone', async () => {
    await using source = await openHyperv(signInToPeer(peer, SEALED), soon());
    const vm = await source.describe(await refOf(source, 'stuck01'), soon());
    const ledger = ledgerInMemory();
    const options = { ...defaultOptions, shutDownTimeoutSeconds: 2, mayPullPlug: true };

    await source.shutDown(vm, options, ledger, soon());
    expect((await machine('stuck01')).State).toBe('Off');

    for (const item of ledger.items) await source.undo(item, soon());
    expect((await machine('stuck01')).State).toBe('Running');
  });

  test('and whose copy ends with an error has no checkpoint left, whatever became of the connection', async () => {
    const ledger = ledgerInMemory();
    await using source = await openHyperv(signInToPeer(peer, SEALED), soon());
    const vm = await source.describe(await refOf(source, 'web01'), soon());
    const stopped = new Error('the copy failed');

    const copy = async (): Promise<void> => {
      await using open = await source.openDisks(vm, plannedByFile(vm.disks), ledger, soon());
      expect((await machine('web01')).Snapshots.map(({ Name }) => Name)).toEqual([ledger.tag]);
      expect(open.disks).toHaveLength(1);
      await peer.control({ op: 'fault', list: ['drop', 'drop'] });
      throw stopped;
    };
    await expect(copy()).rejects.toBe(stopped);

    expect((await machine('web01')).Snapshots).toEqual([]);
    expect(ledger.items).toEqual([]);
  });

  test('has its checkpoint found and removed by who finds it left over', async () => {
    const ledger = ledgerInMemory();
    const first = await openHyperv(signInToPeer(peer, SEALED), soon());
    const vm = await first.describe(await refOf(first, 'web01'), soon());
    const open = await first.openDisks(vm, plannedByFile(vm.disks), ledger, soon());
    open.keepSnapshot();
    await open[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();

    await using second = await openHyperv(signInToPeer(peer, SEALED), soon());
    const left = await second.leftovers(soon());
    expect(left).toMatchObject([{ kind: 'snapshot', name: ledger.tag, facts: { vm: vm.ref } }]);
    for (const item of left) await second.undo(item, soon());
    for (const item of left) await second.undo(item, soon()); // twice is once

    expect((await machine('web01')).Snapshots).toEqual([]);
  });
});
