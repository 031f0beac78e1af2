/** A host of Windows Server 2012 R2, which lacks what came with 2016: it is not told as something wrong with each machine. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InventoryAnswer, Said } from '../../worker/sources/hyperv/answers.ts';
import { scriptText } from '../../worker/sources/hyperv/scripts.ts';
import { WinrmChannel } from '../../worker/sources/hyperv/winrm/channel.ts';
import { WinrmShell } from '../../worker/sources/hyperv/winrm/shell.ts';
import { hypervPeer, type HypervPeer } from './hyperv-peer.ts';

let peer: HypervPeer;
beforeAll(async () => {
  peer = await hypervPeer();
}, 15 * 60_000);
afterAll(async () => await peer[Symbol.asyncDispose]());

/** As on a host that does not know the command or class: the peer knows it, so it is called by another name. */
const without = (script: string, ...names: readonly string[]): string =>
  names.reduce((text, name) => text.replaceAll(name, `${name}OfLaterYears`), script);

test('what an older host lacks is left out, and nothing is told as a trouble', async () => {
  const signal = AbortSignal.timeout(3 * 60_000);
  using channel = new WinrmChannel(
    { host: '127.0.0.1', port: peer.httpPort, trust: null, proxy: null, method: 'ntlm' },
    peer.admin,
  );
  await using shell = await WinrmShell.open(channel, `http://127.0.0.1:${peer.httpPort}/wsman`, signal);
  const script = scriptText('inventory', { machines: null });

  const lacking = ['Get-VMSecurity', 'Get-VMAssignableDevice', 'Msvm_VirtualSystemReferencePoint'];
  const said = Said.parse(await shell.run(without(script, ...lacking), signal));

  if (!said.ok) throw new Error(said.trouble.message);
  const { machines } = InventoryAnswer.parse(said.value);
  expect(machines).toHaveLength(9);
  expect(machines.flatMap(({ troubles }) => troubles)).toEqual([]);
  expect(machines.filter(({ tpm, devices }) => tpm || devices.length > 0)).toEqual([]);
});
