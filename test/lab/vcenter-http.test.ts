/** The built-in vCenter, request by request: what is refused, what ends by itself, and faults that are ordered over HTTP. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import * as https from 'node:https';
import { afterEach, expect, test } from 'vitest';
import { TrustingAgent } from '../../worker/net/tls.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { waitForProperties } from '../../worker/sources/vsphere/tasks.ts';
import { signInTo } from '../support/vsphere-source.ts';
import { startVcenter, type Vcenter, type VcenterOptions } from './vcenter/vcenter.ts';

const signal = new AbortController().signal;
const FLAT = '/folder/files-01/files-01-flat.vmdk?dcPath=DC0&dsName=vmfs-fast';
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function lab(options: VcenterOptions = {}): Promise<{ vcenter: Vcenter; session: VsphereSession }> {
  const vcenter = await startVcenter({ withOthers: false, ...options });
  open.push(vcenter);
  const session = await VsphereSession.open(signInTo(vcenter), signal);
  open.push(session);
  return { vcenter, session };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

async function ask(
  vcenter: Vcenter,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
  body = '',
): Promise<Answer> {
  const agent = new TrustingAgent({ kind: 'pinned', sha256: vcenter.fingerprint }, null, { keepAlive: false });
  const request = https.request(`${vcenter.url}${path}`, { method, headers: { ...headers }, agent });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage]; // or the request's error
  const pieces: Buffer[] = [];
  for await (const piece of response as AsyncIterable<Buffer>) pieces.push(piece);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) };
}

const refOf = (vcenter: Vcenter, name: string) => ({
  type: 'VirtualMachine',
  id: vcenter.state().machines.find((machine) => machine.name === name)?.ref ?? '',
});

/** A lease that is ready, and the path of its first disk. */
async function leased(session: VsphereSession, vcenter: Vcenter): Promise<{ lease: Ref; path: string }> {
  const lease = (await session.call('ExportVm', refOf(vcenter, 'files-01'), {}, signal)) as Ref; // what ExportVm returns
  const isReady = (found: ReadonlyMap<string, unknown>) => found.get('state') === 'ready';
  await waitForProperties(session, lease, ['state'], isReady, signal);
  const info = JSON.stringify([...(await session.properties(lease, ['info'], signal))]);
  return { lease, path: /"url":"https:\/\/[^/]+(\/nfc\/[^"]+)"/.exec(info)?.[1] ?? '' };
}
type Ref = { readonly type: string; readonly id: string };

test('files of datastores need a session, and come in ranges', async () => {
  const { vcenter, session } = await lab();
  const cookie = session.cookie();
  const expected = Buffer.alloc(1000);
  await vcenter.read('files-01', 0, expected, 65_000);

  expect((await ask(vcenter, FLAT)).status).toBe(401);
  const part = await ask(vcenter, FLAT, { cookie, range: 'bytes=65000-65999' });
  expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 65000-65999/${16 * 1024 ** 2}`]);
  expect(part.body.equals(expected)).toBe(true);
  expect((await ask(vcenter, FLAT, { cookie, range: `bytes=${16 * 1024 ** 2}-` })).status).toBe(416);
  expect((await ask(vcenter, FLAT, { cookie }, 'HEAD')).headers['content-length']).toBe(String(16 * 1024 ** 2));
  expect((await ask(vcenter, FLAT.replace('DC0', 'DC1'), { cookie })).status).toBe(404);
  expect((await ask(vcenter, FLAT.replaceAll('files-01', 'ledger-02'), { cookie })).status).toBe(404);
  expect((await ask(vcenter, FLAT.replaceAll('files-01', 'shop-01'), { cookie })).status).toBe(500); // it runs
});

test('a session ends when nobody uses it, and when it is told to', async () => {
  let minutes = 0;
  const { vcenter, session } = await lab({ now: () => minutes * 60_000 });
  const statusOf = async (cookie: string) => (await ask(vcenter, FLAT, { cookie }, 'HEAD')).status;
  const first = session.cookie();

  minutes += 29;
  expect(await statusOf(first)).toBe(200);
  minutes += 29; // the look before kept it alive
  expect(await statusOf(first)).toBe(200);
  minutes += 31;
  expect(await statusOf(first)).toBe(401);

  await session.renew(signal);
  expect(await statusOf(session.cookie())).toBe(200);
  vcenter.expireSessions();
  expect(await statusOf(session.cookie())).toBe(401);
  expect(vcenter.state().sessions).toBe(0);
});

test('a lease that nobody cares for ends, and its disks are gone', async () => {
  const { vcenter, session } = await lab({ leaseTimeoutMs: 2000 });
  const { lease, path } = await leased(session, vcenter);

  const isOver = (found: ReadonlyMap<string, unknown>) => found.get('state') === 'error';
  await waitForProperties(session, lease, ['state'], isOver, signal);

  expect((await ask(vcenter, path)).status).toBe(404);
  await expect(session.call('HttpNfcLeaseProgress', lease, { percent: 50 }, signal)).rejects.toMatchObject({
    code: 'vsphere.timed-out',
  });
});

test('a byte that changes on the way shows in the manifest; bytes that stall still come', async () => {
  const { vcenter, session } = await lab();
  const { lease, path } = await leased(session, vcenter);
  const whole = await ask(vcenter, path);
  const sha1 = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex');
  const manifest = async () => JSON.stringify(await session.call('HttpNfcLeaseGetManifest', lease, {}, signal));
  expect(whole.headers['content-length']).toBeUndefined();
  expect(await manifest()).toContain(sha1(whole.body));

  vcenter.faults.add({ where: 'nfc', kind: 'corrupt', afterBytes: 200_000 });
  const wrong = await ask(vcenter, path);
  vcenter.faults.add({ where: 'nfc', kind: 'stall', afterBytes: 200_000, delayMs: 20 });
  const late = await ask(vcenter, path);

  expect(wrong.body.length).toBe(whole.body.length);
  expect([...wrong.body.keys()].filter((at) => wrong.body[at] !== whole.body[at])).toEqual([200_000]);
  expect(await manifest()).not.toContain(sha1(wrong.body));
  expect(late.body.equals(whole.body)).toBe(true);
});

test('a machine that is exported is left alone by everybody else', async () => {
  const { vcenter, session } = await lab();
  const { lease } = await leased(session, vcenter);
  const vm = refOf(vcenter, 'files-01');

  await expect(session.call('PowerOnVM_Task', vm, {}, signal)).rejects.toMatchObject({ code: 'vsphere.busy' });
  await session.call('HttpNfcLeaseComplete', lease, {}, signal);
  await session.waitForTask((await session.call('PowerOnVM_Task', vm, {}, signal)) as Ref, signal); // a task's ref

  expect(vcenter.state().machines.find(({ name }) => name === 'files-01')?.power).toBe('poweredOn');
});

test('faults are ordered, looked at and taken back over HTTP; a rule without sense is refused', async () => {
  const { vcenter } = await lab();
  const versions = '/sdk/vimServiceVersions.xml';
  const rule = { where: 'folder', kind: 'http', match: 'files-01', nth: 2, status: 507 };

  expect((await ask(vcenter, '/lab/faults', {}, 'POST', JSON.stringify(rule))).status).toBe(200);
  const answers = [await ask(vcenter, FLAT), await ask(vcenter, FLAT), await ask(vcenter, FLAT)];
  expect(answers.map(({ status }) => status)).toEqual([401, 507, 401]);
  expect(JSON.parse((await ask(vcenter, '/lab/faults')).body.toString())).toMatchObject([{ ...rule, met: 1 }]);
  expect((await ask(vcenter, '/lab/faults', {}, 'POST', '{"where":"soap","kind":"earthquake"}')).status).toBe(400);
  expect(JSON.parse((await ask(vcenter, '/lab/faults', {}, 'DELETE')).body.toString())).toEqual([]);
  expect((await ask(vcenter, versions)).body.toString()).toContain('<version>8.0.3.0</version>');
});

test('what is no request of the API is answered with a fault, entities and all', async () => {
  const { vcenter } = await lab();
  const doctype = '<!DOCTYPE a [<!ENTITY b "c">]><Envelope><Body><Login/></Body></Envelope>';

  for (const body of ['', 'hello', '<Envelope/>', doctype]) {
    const { status, body: answer } = await ask(vcenter, '/sdk', {}, 'POST', body);
    expect([status, /xsi:type="(\w+)"/.exec(answer.toString())?.[1]]).toEqual([500, 'InvalidRequest']);
  }
});
