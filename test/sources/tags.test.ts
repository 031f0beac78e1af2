/** Tags of machines: read over REST beside the inventory, in either generation, and never in its way. */
import { afterEach, describe, expect, test } from 'vitest';
import type { InventoryPage } from '../../main/shared/inventory.ts';
import { openVsphere } from '../../worker/sources/vsphere/driver.ts';
import { emptyPage, inventoryPages } from '../../worker/sources/vsphere/inventory/pages.ts';
import { VsphereSession } from '../../worker/sources/vsphere/session.ts';
import { withTags } from '../../worker/sources/vsphere/tags.ts';
import { startVcenter, type Vcenter, type VcenterOptions } from '../lab/vcenter/vcenter.ts';
import { until } from '../support/until.ts';
import { signInTo } from '../support/vsphere-source.ts';
import { plainMachine, putPlaces } from './small-machines.ts';
import { SmallVcenter } from './small-vcenter.ts';

const never = new AbortController().signal;
const ASSOCIATION = 'rest POST /api/cis/tagging/tag-association';
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

async function lab(options: VcenterOptions = {}): Promise<Vcenter> {
  const vcenter = await startVcenter(options);
  open.push(vcenter);
  return vcenter;
}

interface Told {
  /** By the names of machines; those without tags are not there. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly machines: number;
  readonly warnings: readonly string[];
  /** `vms`, `tagged` or `warnings`, in order. */
  readonly kinds: readonly string[];
}

/** Everything that the driver tells of an inventory. */
async function inventoryOf(vcenter: Vcenter): Promise<Told> {
  await using source = await openVsphere(signInTo(vcenter), never);
  return await told(source.inventory(never));
}

async function told(pages: AsyncIterable<InventoryPage>): Promise<Told> {
  const names = new Map<string, string>();
  const tags: Record<string, readonly string[]> = {};
  const warnings: string[] = [];
  const kinds: string[] = [];
  for await (const page of pages) {
    for (const { ref, name } of page.vms) names.set(ref, name);
    for (const one of page.tagged) tags[names.get(one.ref) ?? `unknown ${one.ref}`] = one.tags;
    warnings.push(...page.warnings);
    for (const kind of ['vms', 'tagged', 'warnings'] as const) if (page[kind].length > 0) kinds.push(kind);
  }
  return { tags, warnings, kinds, machines: names.size };
}

const restOf = (vcenter: Vcenter): Record<string, number> =>
  Object.fromEntries(Object.entries(vcenter.state().requests).filter(([what]) => what.startsWith('rest ')));

/** So many machines, each in one of a hundred waves. */
const crowd = (count: number): VcenterOptions => ({
  withOthers: false,
  machines: Array.from({ length: count }, (_, index) => ({
    name: `vm-${index}`,
    tags: index % 10 === 0 ? [] : [`Wave:${index % 100}`],
  })),
});

describe('tags', () => {
  test.each([
    ['8.0.3.0', '/api/session', '/api/cis/tagging', '{id}'],
    ['7.0.1.0', '/rest/com/vmware/cis/session', '/rest/com/vmware/cis/tagging', 'id:{id}'],
    ['6.7.3', '/rest/com/vmware/cis/session', '/rest/com/vmware/cis/tagging', 'id:{id}'],
  ])('of a vCenter %s come behind its machines, and the session is ended', async (apiVersion, session, tagging, id) => {
    const vcenter = await lab({ apiVersion });

    const { tags, kinds, warnings } = await inventoryOf(vcenter);

    expect(tags).toMatchObject({
      'web-10': ['Environment:production', 'Wave:1'],
      'web-17': ['Environment:production', 'Wave:2'],
      'db-10': ['Environment:production', 'Owner:Databases: Oracle & "others" 日本', 'Wave:2'],
      'branch-1': ['Environment:branch'],
    });
    expect(Object.keys(tags)).toHaveLength(15);
    expect([kinds.at(-1), warnings]).toEqual(['tagged', []]);
    expect(restOf(vcenter)).toEqual({
      [`rest POST ${session}`]: 1,
      [`rest GET ${tagging}/tag`]: 1,
      [`rest POST ${tagging}/tag-association`]: 1,
      [`rest GET ${tagging}/tag/${id}`]: 5, // not the one that no machine has
      [`rest GET ${tagging}/category/${id}`]: 3,
      [`rest DELETE ${session}`]: 1,
    });
    expect(vcenter.state().restSessions).toBe(0);
  });

  test('of 2,500 machines take three questions, and one for each name', async () => {
    const vcenter = await lab(crowd(2500));

    const { tags, machines } = await inventoryOf(vcenter);

    expect(machines).toBe(2500);
    expect(Object.keys(tags)).toHaveLength(2250);
    expect(tags['vm-2499']).toEqual(['Wave:99']);
    expect(restOf(vcenter)).toMatchObject({
      [ASSOCIATION]: 3,
      'rest GET /api/cis/tagging/tag/{id}': 90,
      'rest GET /api/cis/tagging/category/{id}': 1,
    });
  });

  test('of all others are told when one machine is gone or hidden, for which vCenter refuses the whole question', async () => {
    const vcenter = await lab();
    const session = await VsphereSession.open(signInTo(vcenter), never);
    open.push(session);
    const [ghost] = [...(await pagesOf(inventoryPages(session, never)))].flatMap(({ vms }) => vms);
    async function* haunted(): AsyncGenerator<InventoryPage> {
      if (ghost !== undefined) yield { ...emptyPage(), vms: [{ ...ghost, ref: 'vm-404404', name: 'ghost' }] };
      yield* inventoryPages(session, never);
    }

    const { tags, warnings } = await told(withTags(haunted(), session, signInTo(vcenter), never));

    expect(Object.keys(tags)).toHaveLength(15);
    expect(warnings).toEqual([]);
  });

  test('are read on when the session ends on the way', async () => {
    const vcenter = await lab();
    vcenter.faults.add({ where: 'rest', kind: 'expire', match: 'GET .*/tag/', nth: 2 });

    const { tags } = await inventoryOf(vcenter);

    expect(Object.keys(tags)).toHaveLength(15);
    expect(restOf(vcenter)['rest POST /api/session']).toBe(2);
    expect(vcenter.state().restSessions).toBe(0);
  });

  test.each([
    ['the service is out for a moment', { kind: 'http', status: 503, count: 2, headers: { 'retry-after': '0' } }],
    ['a connection drops', { kind: 'drop', match: 'GET' }],
    ['one tag may not be read', { kind: 'deny', match: 'GET .*/tag/' }],
    ['a category may not be read', { kind: 'deny', match: 'GET .*/category/' }],
  ] as const)('are there although %s', async (_, rule) => {
    const vcenter = await lab();
    vcenter.faults.add({ where: 'rest', ...rule });

    const { tags, warnings } = await inventoryOf(vcenter);

    expect(Object.keys(tags).length).toBeGreaterThanOrEqual(11);
    expect(warnings).toEqual([]);
  });
});

describe('an inventory is whole, and says why it has no tags,', () => {
  test.each([
    [
      'when nobody may read any',
      { kind: 'deny', count: -1 },
      'does not let “administrator@vsphere.local” read tags (HTTP 403)',
    ],
    ['when the list is refused', { kind: 'deny', match: 'GET .*/tag$', count: -1 }, 'global permission'],
    ['when every machine is refused', { kind: 'deny', match: 'association', count: -1 }, '(HTTP 403)'],
    ['when the sign-in is refused', { kind: 'http', status: 401, match: 'session', count: -1 }, '(HTTP 401)'],
    ['when the service is broken', { kind: 'http', status: 500, match: 'association', count: -1 }, 'HTTP 500'],
    ['when a web page comes instead', { kind: 'garbage', match: 'GET', count: -1 }, 'with something else'],
  ] as const)('%s', async (_, rule, says) => {
    const vcenter = await lab();
    vcenter.faults.add({ where: 'rest', ...rule });

    const { machines, tags, warnings, kinds } = await inventoryOf(vcenter);

    expect(machines).toBe(vcenter.state().machines.length);
    expect(tags).toEqual({});
    expect(warnings).toEqual([expect.stringContaining('shown without their tags')]);
    expect(warnings[0]).toContain(says);
    expect(warnings[0]).not.toContain(vcenter.password);
    expect(kinds.at(-1)).toBe('warnings');
    expect(vcenter.state().restSessions).toBe(0);
  });

  test('when there is no REST interface', async () => {
    const vcenter = await lab({ hasRest: false });

    const { machines, warnings } = await inventoryOf(vcenter);

    expect(machines).toBe(vcenter.state().machines.length);
    expect(warnings).toEqual([expect.stringContaining('has no REST interface')]);
  });

  test('when they are not there some time after the last machine, and then lets go', async () => {
    const vcenter = await lab();
    vcenter.faults.add({ where: 'rest', kind: 'delay', delayMs: 600_000, match: 'association' });
    const session = await VsphereSession.open(signInTo(vcenter), never);
    open.push(session);

    const pages = withTags(inventoryPages(session, never), session, signInTo(vcenter), never, 1000);
    const { machines, warnings } = await told(pages);

    expect(machines).toBe(vcenter.state().machines.length);
    expect(warnings).toEqual([expect.stringContaining('not there 1 s after the last machine')]);
    expect(vcenter.state().restSessions).toBe(0);
  });

  test('when the server is not the one that is trusted, which hears no password', async () => {
    const [vcenter, other] = [await lab(), await lab()];
    const session = await VsphereSession.open(signInTo(vcenter), never);
    open.push(session);
    const signIn = signInTo({ ...vcenter, password: vcenter.password, fingerprint: other.fingerprint });

    const { machines, warnings } = await told(withTags(inventoryPages(session, never), session, signIn, never));

    expect(machines).toBe(vcenter.state().machines.length);
    expect(warnings).toEqual([expect.stringContaining('another certificate')]);
    expect(restOf(vcenter)).toEqual({});
  });

  test('when it is of a host, which is not even asked', async () => {
    await using host = await SmallVcenter.start();
    host.apiType = 'HostAgent';
    putPlaces(host);
    host.put('VirtualMachine', 'vm-1', plainMachine('one'));
    await using source = await openVsphere(host.signIn(), never);

    const { machines, warnings } = await told(source.inventory(never));

    expect(machines).toBe(1);
    expect(warnings).toEqual([expect.stringContaining('kept by a vCenter')]);
    expect(host.called.filter((method) => method === '')).toEqual([]);
  });
});

describe('the tags of machines that are looked at one by one', () => {
  // Each machine of a rehearsal signed in and out by itself, and asked what each tag is called.
  test('are read over one session, which ends with the driver, and each is asked for its name once', async () => {
    const machines = Array.from({ length: 20 }, (_, index) => ({ name: `vm-${index}`, tags: [`Wave:${index % 3}`] }));
    const vcenter = await lab({ withOthers: false, machines });
    {
      await using source = await openVsphere(signInTo(vcenter), never);
      const refs = (await pagesOf(source.inventory(never))).flatMap(({ vms }) => vms.map(({ ref }) => ref));
      const before = restOf(vcenter);

      const looked = await Promise.all(
        refs.map(async (ref) => await source.withTags(await source.describe(ref, never), never)),
      );

      expect(looked.every(({ tags, tagsUntold }) => tags.length === 1 && tagsUntold === undefined)).toBe(true);
      const asked = (what: string): number => (restOf(vcenter)[what] ?? 0) - (before[what] ?? 0);
      expect(asked('rest POST /api/session')).toBe(1);
      expect(asked(ASSOCIATION)).toBe(refs.length);
      expect(asked('rest GET /api/cis/tagging/tag/{id}')).toBe(3);
    }
    expect(vcenter.state().restSessions).toBe(0);
  });
});

describe('whoever stops listening', () => {
  test('leaves no session behind', async () => {
    const vcenter = await lab();
    await using source = await openVsphere(signInTo(vcenter), never);

    for await (const page of source.inventory(never)) if (page.vms.length > 0) break;

    expect(vcenter.state().restSessions).toBe(0);
  });

  test('by a cancel gets its reason, not a warning', async () => {
    const vcenter = await lab();
    vcenter.faults.add({ where: 'rest', kind: 'delay', delayMs: 600_000, match: 'association' });
    await using source = await openVsphere(signInTo(vcenter), never);
    const cancel = new AbortController();
    const listening = told(source.inventory(cancel.signal));

    await until(
      async () => vcenter.state().requests[ASSOCIATION] ?? 0,
      (asked) => asked === 1,
    );
    cancel.abort(new Error('the operator has seen enough'));

    await expect(listening).rejects.toThrow('the operator has seen enough');
    expect(vcenter.state().restSessions).toBe(0);
  });
});

async function pagesOf(pages: AsyncIterable<InventoryPage>): Promise<InventoryPage[]> {
  const all: InventoryPage[] = [];
  for await (const page of pages) all.push(page);
  return all;
}
