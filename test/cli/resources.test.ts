/** `guts resource`, `guts instance` and `guts network` on a kept inventory: what is found, how it is shown, what is ambiguous. */
import { describe, expect, test } from 'vitest';
import { ConnectionStore } from '../../main/store/connections.ts';
import { InventoryStore } from '../../main/store/inventory.ts';
import { gutsWith } from '../support/guts.ts';
import { scratch } from '../support/disks.ts';
import { gutsOnTerminal } from '../support/terminal.ts';
import { smallInventory, smallTags, source } from '../store/samples.ts';
import { inventoryLines } from '../../main/shared/inventory-lines.ts';

/** A data folder with one source and its inventory. */
async function prepared(tmp: ReturnType<typeof scratch>): Promise<Record<string, string>> {
  const vc = source('vc1');
  await new ConnectionStore(tmp.file('data')).put('source', vc);
  await using writer = await new InventoryStore(tmp.file('data')).writer(vc.id);
  writer.addLines(inventoryLines(smallInventory).text);
  writer.addLines(inventoryLines(smallTags).text);
  await writer.finish();
  return { GUTS_DATA_DIR: tmp.file('data'), GUTS_VAULT: 'memory' };
}

interface Named {
  readonly name: string;
}

describe('guts instance list', () => {
  test.each([
    [[], ['evil\u001b[2J\nname', 'golden', 'twin', 'twin', 'web-01', 'web-02']],
    [
      ['--name', 'WEB-*'],
      ['web-01', 'web-02'],
    ],
    [['--name', 'web-0?', '--power', 'off'], ['web-02']],
    [['--os', '*windows*'], ['evil\u001b[2J\nname']],
    [['--network', 'VM Network', '--folder', '*/b'], ['twin']],
    [['--cluster', 'nowhere'], []],
    [
      ['--tag', 'Wave:1'],
      ['web-01', 'web-02'],
    ],
    [['--tag', 'production'], ['web-01']],
    [['--tag', 'environment:*', '--power', 'off'], ['web-02']],
    [['--tag', 'Databases: Oracle'], ['golden']],
    [['--tag', 'Wave'], []],
    [['--name', 'web-(01'], []],
  ])('finds with %j', async (filters, names) => {
    using tmp = scratch();
    const env = await prepared(tmp);

    const done = await gutsWith(env, '', 'instance', 'list', '--json', ...filters);

    expect(done, done.stderr).toMatchObject({ code: 0, stderr: '' });
    const { instances } = JSON.parse(done.stdout) as { instances: Named[] };
    expect(instances.map(({ name }) => name)).toEqual(names);
  });

  test('is a table that fits the terminal, and lets no name steer it', async () => {
    using tmp = scratch();
    const env = await prepared(tmp);

    const { text, code } = await gutsOnTerminal(env, ['instance', 'list'], [], 72);

    expect(code).toBe(0);
    const lines = text.replaceAll('\r', '').trimEnd().split('\n');
    expect(lines).toHaveLength(7);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(72);
    expect(text).toContain('…');
    expect(text).not.toContain('\u001b');
    expect(lines[0]).toMatch(/^NAME +REF +SOUR/);
    for (const ref of ['vm-11', 'vm-16']) expect(text).toContain(ref);
  });
});

describe('guts resource', () => {
  test('lists what is no machine too, and only machines where a filter is about them', async () => {
    using tmp = scratch();
    const env = await prepared(tmp);
    const kinds = async (...filters: string[]): Promise<string[]> => {
      const { stdout } = await gutsWith(env, '', 'resource', 'list', '--json', ...filters);
      const { resources } = JSON.parse(stdout) as { resources: { type: string }[] };
      return [...new Set(resources.map(({ type }) => type))].sort();
    };

    expect(await kinds()).toEqual(['datastore', 'host', 'network', 'vm']);
    expect(await kinds('--type', 'datastore')).toEqual(['datastore']);
    expect(await kinds('--power', 'on')).toEqual(['vm']);
    expect(await kinds('--tag', 'Wave:1')).toEqual(['vm']);
    const table = await gutsWith(env, '', 'resource-list', '--type', 'network');
    expect(table.stdout).toMatch(/network +VM Network +network-1 +vc1 +DC0 +standard, VLAN 20/);
  });

  test('shows one by name or ref, and the refs of those that share a name', async () => {
    using tmp = scratch();
    const env = await prepared(tmp);

    const web = await gutsWith(env, '', 'resource', 'show', 'web-01');
    const twin = await gutsWith(env, '', 'resource', 'show', 'twin');
    const none = await gutsWith(env, '', 'resource', 'show', 'nobody');

    expect(web.stdout).toMatch(/tags +Environment:production, Wave:1\n/);
    expect(twin.stdout).not.toContain('tags');
    expect(web.stdout).toMatch(/Hard disk 1 +20\.0 GiB on pvscsi 0:0, persistent/);
    expect(twin).toMatchObject({ code: 1 });
    expect(twin.stderr).toMatch(/resource\.ambiguous[^]*vm-13[^]*DC0\/vm\/a[^]*vm-14[^]*DC0\/vm\/b/);
    expect((await gutsWith(env, '', 'resource', 'show', 'vm-14', '--json')).stdout).toContain('"folder": "DC0/vm/b"');
    expect(JSON.parse((await gutsWith(env, '', 'resource', 'show', 'golden', '--json')).stdout)).toMatchObject({
      tags: ['Owner:Databases: Oracle'],
    });
    expect(none).toMatchObject({ code: 1 });
    expect(none.stderr).toMatch(/resource\.unknown[^]*guts source refresh/);
  });

  test('of a source whose inventory nobody has read says how to read it', async () => {
    using tmp = scratch();
    await new ConnectionStore(tmp.file('data')).put('source', source('vc1'));

    const done = await gutsWith({ GUTS_DATA_DIR: tmp.file('data'), GUTS_VAULT: 'memory' }, '', 'instance', 'list');

    expect(done).toMatchObject({ code: 1 });
    expect(done.stderr).toMatch(/inventory\.none[^]*guts source refresh vc1/);
  });

  test('lists nothing where nothing is set up', async () => {
    using tmp = scratch();

    const done = await gutsWith({ GUTS_DATA_DIR: tmp.file('data') }, '', 'network', 'list');

    expect(done).toMatchObject({ code: 0, stdout: 'No networks.\n' });
  });
});

test.each([
  [['create'], /--vm/],
  [['create', '--vm', 'web-01', '--map', '='], /FROM=TO/],
  [['create', '--vm', 'web-01', '--map', 'a', '--map', 'b'], /Only one --map/],
  [['create', '--vm', 'web-01', '--volume-type', 'fast'], /--volumes/],
  [['create', '--vm', 'web-01', '--keep-images'], /--volumes/],
  [['create', '--vm', 'web-01', '--boot-timeout', '1.5'], /whole number/],
  [['create', '--vm', 'web-01', '--reachable-port', '70000'], /from 1 to 65535/],
  [['create', '--vm', 'web-01', '--accept', 'all', '--accept', 'DSK-03'], /stand alone/],
  [['create', '--vm', 'web-01', '--node-tag', 'rack 1'], /no spaces/],
  [['create', '--vm', 'web-01', '--start', '--dry-run'], /not both/],
  [['create', '--vm', 'web-01'], /No destination is set up/],
  [['source', 'frob'], /unknown command/],
  [['list', '--stage', 'asleep'], /Allowed choices/],
])('wrong words are exit code 2: %j', async (args, says) => {
  using tmp = scratch();
  const env = await prepared(tmp);

  const done = await gutsWith(env, '', ...args);

  expect(done).toMatchObject({ code: 2, stdout: '' });
  expect(done.stderr).toMatch(says);
});

test('a shell completes groups, their commands, options and choices', async () => {
  using tmp = scratch();
  const { stdout } = await gutsWith({ GUTS_DATA_DIR: tmp.file('data') }, '', 'completion', 'bash');
  const { execFileSync } = await import('node:child_process');
  const complete = (...words: string[]): string[] =>
    execFileSync(
      'bash',
      ['-c', `${stdout}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _guts; printf '%s\\n' "\${COMPREPLY[@]}"`, 'sh', 'guts', ...words],
      { encoding: 'utf8' },
    )
      .trim()
      .split('\n'); // prettier-ignore

  expect(complete('sour')).toEqual(['source']);
  expect(complete('source', 're')).toEqual(['refresh']);
  expect(complete('source', 'create', '--fi')).toEqual(['--fingerprint']);
  expect(complete('create', '--profile', 'v')).toEqual(['virtio']);
});
