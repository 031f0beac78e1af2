/** The inventory without a page: where machines are, what becomes of them, and lists from elsewhere. */
import { describe, expect, test } from 'vitest';
import { rowOf } from '../../main/shared/migration-row.ts';
import { vmRowOf } from '../../main/shared/inventory-lines.ts';
import type { InstanceRow } from '../../main/shared/operations.ts';
import { matched } from '../../main/shared/lists/match.ts';
import { wantedOf } from '../../main/shared/lists/vm-list.ts';
import { MachineRows, type MachineRow } from '../../renderer/screens/inventory/machine-row.ts';
import { isAt, placesOf, seenOf } from '../../renderer/screens/inventory/places.ts';
import { cellsOf } from '../../main/shared/lists/separated-text.ts';
import { newDestinationId, newSourceId } from '../../main/store/connections.ts';
import { madeMigration, madePlan } from '../api/made.ts';
import { hyperv } from '../plan/sample.ts';
import { vm } from '../store/samples.ts';
import { defaultOptions } from '../../main/shared/migration.ts';

const [vc1, vc2, hv1] = [newSourceId(), newSourceId(), newSourceId()];
const names = new Map([
  [vc1, { name: 'vc1', kind: 'vsphere' as const }],
  [vc2, { name: 'vc2', kind: 'vsphere' as const }],
  [hv1, { name: 'hv1', kind: 'hyperv' as const }],
]);

function instance(ref: string, name: string, more: Partial<InstanceRow> = {}): InstanceRow {
  const { facts, os, disks, ...row } = vmRowOf(vm(ref, name));
  const plain = { ...row, ...facts, source: vc1, os: os[0] ?? '', disks: disks.length };
  return { ...plain, host: 'esx1', datastores: ['ds1'], ...more };
}

const rowsOf = (...machines: InstanceRow[]): readonly MachineRow[] => new MachineRows().of(machines, names, [], []);

describe('places', () => {
  const rows = rowsOf(
    instance('vm-1', 'web-1', { networks: ['lan', 'lan', 'dmz'], folder: 'DC0/vm/prod/web' }),
    instance('vm-2', 'web-2', { cluster: '', networks: [] }),
    instance('vm-1', 'far', { source: vc2, cluster: 'C10', datacenter: 'DC9' }),
  );
  const shown = (way: Parameters<typeof placesOf>[1]): string[] =>
    seenOf(placesOf(rows, way), () => true).map(
      ({ level, name, machines }) => `${'  '.repeat(level)}${name} ${machines}`,
    );

  test('are a tree of sources, data centres and clusters, or of folders', () => {
    expect(shown('cluster')).toEqual([
      '  vc1 2',
      '    DC0 2',
      '       1',
      '      C0 1',
      '  vc2 1',
      '    DC9 1',
      '      C10 1',
    ]);
    expect(shown('folder')).toContain('          web 1');
  });

  test('leave out data centres where a hypervisor has none', () => {
    const ofHyperv = rowsOf(
      instance('1', 'hv-web', { source: hv1, datacenter: '', cluster: '' }),
      instance('2', 'hv-db', { source: hv1, datacenter: '', cluster: 'HVC' }),
    );

    const places = seenOf(placesOf(ofHyperv, 'cluster'), () => true);
    expect(places.map(({ level, name }) => [level, name])).toEqual([
      [1, 'hv1'],
      [2, ''],
      [2, 'HVC'],
    ]);
    expect(ofHyperv.map((row) => isAt(row, 'cluster', JSON.stringify(['hv1', 'HVC'])))).toEqual([false, true]);
  });

  test('count a machine once, however often it is there', () => {
    expect(shown('network')).toEqual(['  vc1 2', '     1', '    dmz 1', '    lan 1', '  vc2 1', '    VM Network 1']);
  });

  test('hold what is there or below, and nothing whose name only begins alike', () => {
    const at = (way: Parameters<typeof isAt>[1], ...path: string[]): string[] =>
      rows.filter((row) => isAt(row, way, JSON.stringify(path))).map(({ name }) => name);

    expect(at('cluster', 'vc1')).toEqual(['web-1', 'web-2']);
    expect(at('cluster', 'vc1', 'DC0', '')).toEqual(['web-2']);
    expect(at('cluster', 'vc1', 'DC0', 'C')).toEqual([]);
    expect(at('folder', 'vc1', 'DC0', 'vm', 'prod')).toEqual(['web-1', 'web-2']);
    expect(at('network', 'vc1', 'dmz')).toEqual(['web-1']);
  });
});

test('a machine tells which hypervisor it comes from, and what only that one has', () => {
  const { facts } = vmRowOf({ ...vm('id', 'hv-web'), hyperv: hyperv({ version: '9.0', replication: 'Primary' }) });

  const rows = rowsOf(instance('vm-1', 'web-1'), instance('id', 'hv-web', { source: hv1, ...facts }));

  expect(rows.map(({ sourceName, kind, hyperv: own }) => [sourceName, kind, own])).toEqual([
    ['vc1', 'vsphere', undefined],
    ['hv1', 'hyperv', { generation: 2, version: '9.0', replication: 'Primary' }],
  ]);
});

test('a machine shows its newest migration and the plan it is in, and stays the same row until that changes', () => {
  const machines = [instance('vm-1', 'web-1'), instance('vm-2', 'web-2'), instance('vm-3', 'web-3')];
  const destination = newDestinationId();
  const at = (ref: string, stage: 'planned' | 'done') => {
    const made = madeMigration({ source: vc1, destination, vm: ref, options: {} });
    return rowOf({ ...made, stage, request: { ...made.request, vm: { ref, name: ref } } });
  };
  const plan = madePlan({
    name: 'spring',
    source: vc1,
    destination,
    options: defaultOptions,
    window: null,
    waves: [],
    notBefore: null,
    priority: 0,
    machines: [{ vm: 'vm-2', wave: 1, options: {} }],
  });
  const [newer, older] = [at('vm-1', 'planned'), at('vm-1', 'done')];
  const joint = new MachineRows();

  const first = joint.of(machines, names, [plan], [newer, older]);
  const same = joint.of([...machines], names, [plan], [{ ...newer, copiedBytes: 5 }, older]);
  const later = joint.of(machines, names, [plan], [{ ...newer, stage: 'done' }, older]);

  expect(first.map(({ migration, stage, plan: of }) => [migration, stage, of])).toEqual([
    [newer.id, 'planned', null],
    [null, null, 'spring'],
    [null, null, null],
  ]);
  expect(same).toBe(first);
  expect(later.map((row, i) => row === first[i])).toEqual([false, true, true]);
});

describe('a list from elsewhere', () => {
  const UUID = '5021c0de-0000-4000-8000-00000000000a';
  const rows = rowsOf(
    instance('vm-1', 'web-1', { uuids: [UUID] }),
    instance('vm-2', 'Twin', { folder: 'DC0/vm/a' }),
    instance('vm-3', 'Twin', { folder: 'DC0/vm/b' }),
    instance('vm-4', 'CASE'),
    instance('vm-5', 'case'),
    instance('vm-1', 'elsewhere', { source: vc2 }),
    instance('vm-6', 'vm-2'),
    instance('vm-7', 'vm-77'),
    instance('vm-8', 'only', { folder: 'DC0/vm/prod/web', datacenter: 'DC0' }),
  );
  const result = (text: string) => {
    const { found, unknown, ambiguous } = matched(wantedOf(text), rows);
    return {
      found: rows.filter((one) => found.some(({ row }) => row === one)).map(({ name, ref }) => `${name} ${ref}`),
      unknown: unknown.map(({ line, said }) => `${line} ${said}`),
      ambiguous: ambiguous.map(
        ({ wanted, candidates }) => `${wanted.said}: ${candidates.map(({ ref }) => ref).join()}`,
      ),
    };
  };

  test('of bare names, UUIDs and refs finds each by what it is', () => {
    expect(result(`WEB-1\n\n${UUID.toUpperCase()}\nvm-3\nnowhere\nvm-77`)).toEqual({
      found: ['web-1 vm-1', 'Twin vm-3', 'vm-77 vm-7'],
      unknown: ['5 nowhere'],
      ambiguous: [],
    });
  });

  test('as RVTools writes it is read by its titles, with what tells twins apart', () => {
    const text = [
      'VM,Powerstate,"Folder",VM ID,VM UUID',
      'Twin,poweredOn,DC0/vm/b,,',
      `"web-1","on, really","x
y",vm-1,${UUID}`,
    ].join('\r\n');

    expect(result(`\uFEFF${text}`)).toEqual({ found: ['web-1 vm-1', 'Twin vm-3'], unknown: [], ambiguous: [] });
  });

  test('is never guessed at: what fits several, or contradicts itself, is shown and left out', () => {
    expect(result('twin\ncase\nCase\nvm-1')).toEqual({
      found: ['case vm-5'],
      unknown: [],
      ambiguous: ['twin: vm-2,vm-3', 'Case: vm-4,vm-5', 'vm-1: vm-1,vm-1'],
    });
    expect(result('vm-2')).toEqual({ found: [], unknown: [], ambiguous: ['vm-2: vm-6,vm-2'] });
    expect(result(`name;uuid\nTwin;${UUID}`)).toEqual({ found: [], unknown: [], ambiguous: ['Twin: vm-2,vm-3,vm-1'] });
  });

  // A machine was taken that is alone in its name, wherever it is; of another data centre it is another machine.
  test('finds a machine only where its line says that it is, however a folder is written', () => {
    const found = (title: string, ...places: readonly string[]) =>
      places.filter((place) => result(`VM;${title}\nonly;${place}`).found.length === 1);

    expect(result('VM,Datacenter\nonly,DC2')).toEqual({ found: [], unknown: [], ambiguous: ['only: vm-8'] });
    expect(found('DC', 'DC0', 'dc0', '', 'DC')).toEqual(['DC0', 'dc0', '']);
    expect(found('Folder', 'DC0/vm/prod/web', '/DC0/prod/web/', 'vm/prod/web', 'web', 'eb', 'prod')).toEqual([
      'DC0/vm/prod/web',
      '/DC0/prod/web/',
      'vm/prod/web',
      'web',
    ]);
    expect(found('Cluster', 'C0', 'C1')).toEqual(['C0']);
  });

  test('may say an older place beside a UUID, and places of a source that has none', () => {
    const ofHyperv = rowsOf(instance('A', 'hv-web', { source: hv1, datacenter: '', folder: '', cluster: '' }));

    expect(result(`VM,UUID,Cluster\nweb-1,${UUID},Before`)).toMatchObject({ found: ['web-1 vm-1'] });
    expect(matched(wantedOf('VM,Datacenter,Cluster\nhv-web,Branch,Branch'), ofHyperv).found).toHaveLength(1);
  });

  test('without titles selects nothing by the first of several cells', () => {
    expect(result('web-1; vm-3\nTwin')).toEqual({
      found: [],
      unknown: ['1 web-1, vm-3'],
      ambiguous: ['Twin: vm-2,vm-3'],
    });
    expect(result('web-1;\n;vm-3')).toMatchObject({ found: ['web-1 vm-1', 'Twin vm-3'], unknown: [] });
  });

  test('may be anything: it is taken apart without a word lost', () => {
    expect(cellsOf('a;b\n"c "";""";d\n;\n"open\nend')).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['c ";"', 'd'] },
      { line: 4, cells: ['open\nend'] },
    ]);
    expect(wantedOf('')).toEqual([]);
  });
});
