/** The built-in Hyper-V host: who gets in, how scripts run in its shell, what it tells, and what happens to its machines. */
import { afterEach, describe, expect, test } from 'vitest';
import {
  AboutAnswer,
  CheckpointMade,
  CheckpointRemoved,
  InventoryAnswer,
  LeftoversAnswer,
  PartAnswer,
  PowerAnswer,
  Said,
} from '../../worker/sources/hyperv/answers.ts';
import { scriptText, type ScriptName } from '../../worker/sources/hyperv/scripts.ts';
import { WinrmChannel } from '../../worker/sources/hyperv/winrm/channel.ts';
import { WinrmShell } from '../../worker/sources/hyperv/winrm/shell.ts';
import { startHyperv, type Hyperv, type HypervOptions } from './hyperv/hyperv.ts';

const signal = new AbortController().signal;
const open: (AsyncDisposable | Disposable)[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) {
    if (Symbol.asyncDispose in one) await one[Symbol.asyncDispose]();
    else one[Symbol.dispose]();
  }
});

async function lab(options: HypervOptions = {}): Promise<Hyperv> {
  const host = await startHyperv(options);
  open.push(host);
  return host;
}

type Way = 'basic over HTTPS' | 'NTLM over HTTPS' | 'NTLM over HTTP';

function channelTo(host: Hyperv, way: Way = 'NTLM over HTTP', password = host.password): WinrmChannel {
  const isTls = way !== 'NTLM over HTTP';
  const channel = new WinrmChannel(
    {
      host: '127.0.0.1',
      port: Number(new URL(isTls ? host.httpsUrl : host.httpUrl).port),
      trust: isTls ? { kind: 'pinned', sha256: host.fingerprint } : null,
      proxy: null,
      method: way === 'basic over HTTPS' ? 'basic' : 'ntlm',
    },
    { user: host.user, domain: '', password },
  );
  open.push(channel);
  return channel;
}

async function shellOn(host: Hyperv, way?: Way): Promise<WinrmShell> {
  const shell = await WinrmShell.open(channelTo(host, way), `${host.httpUrl}/wsman`, signal);
  open.push(shell);
  return shell;
}

async function run(
  shell: WinrmShell,
  name: ScriptName,
  args: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  const said = Said.parse(await shell.run(scriptText(name, args), signal));
  if (!said.ok) throw new Error(`${said.trouble.id}: ${said.trouble.message}`);
  return said.value;
}

const inventoryOf = async (shell: WinrmShell): Promise<InventoryAnswer> =>
  InventoryAnswer.parse(await run(shell, 'inventory', { machines: null }));
const idOf = (host: Hyperv, name: string): string =>
  host.state().machines.find((machine) => machine.name === name)?.id ?? '';

describe('signing in to the built-in Hyper-V host', () => {
  test.each<Way>(['basic over HTTPS', 'NTLM over HTTPS', 'NTLM over HTTP'])('works by %s', async (way) => {
    const host = await lab({ demandsBindings: true });
    const shell = await shellOn(host, way);

    const about = AboutAnswer.parse(await run(shell, 'about'));

    expect(about).toMatchObject({ name: 'HV01', machines: 4, disksFolder: 'D:\\Hyper-V' });
    expect(host.state().shells).toBe(1);
  });

  test.each<Way>(['basic over HTTPS', 'NTLM over HTTPS', 'NTLM over HTTP'])('by %s takes the password', async (way) => {
    const host = await lab();
    const channel = channelTo(host, way, 'another');

    await expect(WinrmShell.open(channel, host.httpUrl, signal)).rejects.toMatchObject({
      code: 'hyperv.login-refused',
    });
    expect(host.state().shells).toBe(0);
  });

  test('is refused where the host does not offer the way, or not well enough', async () => {
    const basic = await lab({ methods: ['basic'] });
    const weak = await lab({ withholds: 0x2000_0000 });

    await expect(shellOn(basic)).rejects.toMatchObject({ code: 'hyperv.method-refused' });
    await expect(shellOn(weak)).rejects.toMatchObject({ code: 'ntlm.too-weak' });
  });

  test('over HTTP nothing is heard that is not sealed', async () => {
    const host = await lab();

    const answer = await fetch(`${host.httpUrl}/wsman`, { method: 'POST', body: '<s:Envelope/>' });

    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Negotiate');
  });

  test('is done again in the same shell when the connection was closed meanwhile', async () => {
    const host = await lab();
    const shell = await shellOn(host);
    host.outage(0);

    // The first one may have been on its way already when the connection ended.
    await expect
      .poll(async () => await run(shell, 'about').catch((error: unknown) => error))
      .toMatchObject({ name: 'HV01' });
    expect(host.state().requests['sign-in by NTLM']).toBe(2);
  });
});

describe('its shell', () => {
  test('gives output in pieces, however small', async () => {
    const host = await lab({ chunkBytes: 100 });
    const shell = await shellOn(host);

    const inventory = await inventoryOf(shell);

    expect(inventory.machines).toHaveLength(4);
    expect(host.state().requests['Receive']).toBeGreaterThan(10);
  });

  test('says that there is nothing yet, as often as it has to', async () => {
    const host = await lab({ mostWaitMs: 30 });
    const shell = await shellOn(host);
    host.faults.add({ where: 'script', kind: 'delay', match: 'about', delayMs: 2000 });

    await expect(run(shell, 'about')).resolves.toMatchObject({ name: 'HV01' });
    expect(host.state().requests['Receive']).toBeGreaterThan(2);
  });

  test('is gone when it is ended, and so are those that are not', async () => {
    const host = await lab({ mostShells: 1 });
    await using first = await WinrmShell.open(channelTo(host), host.httpUrl, signal);
    await expect(shellOn(host)).rejects.toMatchObject({
      code: 'hyperv.too-many-shells',
      fault: { code: 2_150_858_815 },
    });
    await first[Symbol.asyncDispose]();
    expect(host.state().shells).toBe(0);

    const second = await shellOn(host);
    host.faults.add({ where: 'winrm', kind: 'expire' });
    await expect(run(second, 'about')).rejects.toMatchObject({ fault: { code: 2_150_858_843 }, retryable: true });
  });

  test('fails when it is told to', async () => {
    const host = await lab();
    const shell = await shellOn(host);
    host.faults.add({ where: 'winrm', kind: 'fault', match: '^Command', faultType: '5', message: 'Access is denied.' });
    await expect(run(shell, 'about')).rejects.toMatchObject({ fault: { code: 5 } });
    host.faults.add({ where: 'script', kind: 'error', match: 'about', faultType: 'AccessDenied', message: 'No.' });
    await expect(run(shell, 'about')).rejects.toThrow('AccessDenied: No.');
    host.faults.add({ where: 'script', kind: 'taskfail', match: 'about', message: 'Out of memory.' });
    await expect(run(shell, 'about')).rejects.toMatchObject({ code: 'hyperv.script-failed' });
    host.faults.add({ where: 'script', kind: 'corrupt', match: 'about' });
    await expect(run(shell, 'about')).rejects.toThrow('cut or changed');
    host.faults.add({ where: 'winrm', kind: 'corrupt', match: '^Receive about', afterBytes: 400 });
    await expect(run(shell, 'about')).rejects.toMatchObject({ code: 'ntlm.bad-seal' });
    host.faults.add({ where: 'winrm', kind: 'cut', match: '^Receive', afterBytes: 300 });

    const other = await shellOn(host);
    await expect(run(other, 'about')).rejects.toMatchObject({ code: 'net.connection-lost' });
    expect(host.faults.rules.map(({ met }) => met)).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

describe('its machines', () => {
  test('are told as the inventory script tells them', async () => {
    const host = await lab();
    const { machines, places, switches } = await inventoryOf(await shellOn(host));

    const [files, ledger, shop, build] = machines;
    expect(files).toMatchObject({ name: 'hv-files-01', generation: 2, state: 'Off', secureBoot: true });
    expect(ledger?.disks.map(({ controller, files: [file] }) => [controller, file?.format, file?.type])).toEqual([
      ['IDE', 'VHD', 'Dynamic'],
      ['SCSI', 'VHD', 'Fixed'],
    ]);
    expect(shop).toMatchObject({
      state: 'Running',
      words: { FullyQualifiedDomainName: 'shop-01.example.test' },
      cards: [{ addresses: ['192.0.2.20'], guest: { gateways: ['192.0.2.1'] }, accessVlan: 100 }],
      memory: { dynamic: true },
    });
    expect(build?.checkpoints.map(({ name }) => name)).toEqual(['before the upgrade', 'after the upgrade']);
    expect(build?.disks[0]?.files.map(({ type }) => type)).toEqual(['Differencing', 'Differencing', 'Dynamic']);
    expect(places).toMatchObject([{ root: 'D:\\', kind: 'NTFS' }]);
    expect(switches).toMatchObject([{ name: 'LAN' }]);
  });

  test('that are not there are told, and hide nothing else', async () => {
    const host = await lab();
    const wanted = [idOf(host, 'hv-shop-01'), '00000000-0000-0000-0000-000000000000'];

    const inventory = InventoryAnswer.parse(await run(await shellOn(host), 'inventory', { machines: wanted }));

    expect(inventory.machines.map(({ name }) => name)).toEqual(['hv-shop-01']);
    expect(inventory.troubles[0]?.id).toContain('InvalidParameter');
  });

  test('shut down after a moment, start, and are turned off', async () => {
    const host = await lab();
    const shell = await shellOn(host);
    const machine = idOf(host, 'hv-shop-01');
    const power = async (to: string): Promise<string> =>
      PowerAnswer.parse(await run(shell, 'power', { machine, to })).state;

    expect(await power('look')).toBe('Running');
    expect(await power('shutDown')).toBe('Off');
    expect(await power('start')).toBe('Running');
    expect(await power('turnOff')).toBe('Off');
  });

  test('may refuse to shut down', async () => {
    const host = await lab({
      stopWaitMs: 20,
      machines: [{ name: 'stubborn', state: 'Running', ignoresShutdown: true }],
    });
    const shell = await shellOn(host);

    const answer = PowerAnswer.parse(await run(shell, 'power', { machine: idOf(host, 'stubborn'), to: 'shutDown' }));

    expect(answer.state).toBe('Running');
    expect(answer.trouble?.id).toBe('OperationFailed,Microsoft.HyperV.PowerShell.Commands.StopVM');
  });

  test('are frozen by a checkpoint, once however often it is asked for, and merged when it is removed', async () => {
    const host = await lab({ mergeMs: 60 });
    const shell = await shellOn(host);
    const machine = idOf(host, 'hv-shop-01');
    const args = { machine, name: 'guts-1' };
    const files = (): readonly string[] =>
      host.state().machines.find(({ name }) => name === 'hv-shop-01')?.files[0] ?? [];

    const made = CheckpointMade.parse(await run(shell, 'checkpoint', { ...args, action: 'create' }));
    const again = CheckpointMade.parse(await run(shell, 'checkpoint', { ...args, action: 'create' }));
    const left = LeftoversAnswer.parse(await run(shell, 'leftovers', { prefix: 'guts-' }));
    await host.write('hv-shop-01', 0, 65_536, Buffer.from('written while it runs'));

    expect(again).toEqual(made);
    expect(left.checkpoints).toEqual([{ machine, id: made.id, name: 'guts-1' }]);
    expect(files()).toHaveLength(2);
    expect(made.disks[0]?.path).toBe(files()[0]);

    const merged = files()[1];
    const removed = CheckpointRemoved.parse(await run(shell, 'checkpoint', { ...args, action: 'remove' }));
    expect(removed).toMatchObject({ left: 0, status: 'Merging disks', disks: [{ path: merged }] });
    await expect
      .poll(async () => CheckpointRemoved.parse(await run(shell, 'checkpoint', { ...args, action: 'remove' })))
      .toMatchObject({ status: 'Operating normally', disks: [{ path: made.disks[0]?.path }] });
    const seen = Buffer.alloc(21);
    await host.read('hv-shop-01', 0, seen, 65_536);
    expect(seen.toString()).toBe('written while it runs');
  });

  test('lock the file that they write to, and no other', async () => {
    const host = await lab();
    const shell = await shellOn(host);
    const { machines } = await inventoryOf(shell);
    const pathOf = (name: string): string => machines.find((one) => one.name === name)?.disks[0]?.path ?? '';
    const part = async (path: string): Promise<unknown> => await run(shell, 'part', { path, position: 0, length: 8 });

    expect(PartAnswer.parse(await part(pathOf('hv-files-01')))).toMatchObject({
      bytes: Buffer.from('vhdxfile').toString('base64'),
    });
    await expect(part(pathOf('hv-shop-01'))).rejects.toThrow('IOException');
    await expect(part('D:\\nothing.vhdx')).rejects.toThrow('FileNotFoundException');
  });
});
