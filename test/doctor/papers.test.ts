/** The papers say what the code checks: the manual's table, the role and the scripts come to the same privileges. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Language, Parser, type Node } from 'web-tree-sitter';
import { firewallCsv, firewallMarkdown } from '../../worker/doctor/papers/firewall.ts';
import { hypervScript } from '../../worker/doctor/papers/hyperv-rights.ts';
import { roleScript, roleText } from '../../worker/doctor/papers/vcenter-role.ts';
import { allPrivileges, privilegeSets } from '../../worker/sources/vsphere/privileges.ts';

const ID = /\b[A-Z][A-Za-z]+(?:\.[A-Z][A-Za-z]+)+\b/g;
const idsIn = (text: string): string[] => [...new Set(text.match(ID))].toSorted();

test('every privilege that is checked is for something', () => {
  expect(idsIn(privilegeSets.flatMap(({ privileges }) => privileges).join(' '))).toEqual(allPrivileges.toSorted());
});

test('the manual’s table has the same privileges for the same things', () => {
  const manual = readFileSync(path.resolve(import.meta.dirname, '../../docs/vsphere.md'), 'utf8');
  const [, section = ''] = manual.split('## Privileges');
  const rows =
    section
      .split('\n## ')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| ') && idsIn(line).length > 0) ?? [];
  const inManual = rows.map((row) => idsIn(row).join(' '));
  const inCode = privilegeSets.map(({ privileges }) => [...privileges].toSorted().join(' '));

  expect(inManual.filter((row) => row !== 'System.Read').toSorted()).toEqual(inCode.toSorted()); // of tags, as a global permission
});

describe('the scripts', () => {
  let parser: Parser;
  beforeAll(async () => {
    const { resolve } = createRequire(import.meta.url);
    await Parser.init();
    parser = new Parser();
    const folder = path.dirname(resolve('tree-sitter-powershell/package.json'));
    parser.setLanguage(await Language.load(path.join(folder, 'tree-sitter-powershell.wasm')));
  });
  const commandsIn = (text: string): string[] =>
    (parser.parse(text)?.rootNode.descendantsOfType('command_name') ?? []).flatMap((node) => node?.text ?? []);
  const faultsIn = (node: Node | null | undefined): string[] =>
    node === null || node === undefined
      ? []
      : [...(node.isError || node.isMissing ? [node.text] : []), ...node.children.flatMap(faultsIn)];

  test.each([
    ['vCenter', roleScript],
    ['Hyper-V', hypervScript],
  ])('for %s are PowerShell, and call the same commands whatever the user is called', (_, write) => {
    const mild = write(['DOMAIN\\guts', 'guts@vsphere.local']);
    const hostile = write(["x'; Remove-VM *; '", 'x’; Stop-Computer; ‘', '$(Stop-Computer)`n']);

    expect(faultsIn(parser.parse(mild)?.rootNode)).toEqual([]);
    expect(faultsIn(parser.parse(hostile)?.rootNode)).toEqual([]);
    expect(commandsIn(hostile)).toEqual(commandsIn(mild));
  });

  test('grant nothing but what is checked', () => {
    expect(idsIn(roleScript([]).replaceAll(/\$\w+\.\w+/g, ''))).toEqual(allPrivileges.toSorted());
    expect(idsIn(roleText([]))).toEqual(allPrivileges.toSorted());
  });
});

test('a name in the firewall request makes no column, no line and no formula', () => {
  const from = { host: 'guts01', addresses: ['192.0.2.7'] };
  const ways = [{ to: '=cmd|x', port: 443, what: 'ESXi "host"', why: 'reading\n| x' }];

  expect(firewallCsv(from, ways).split('\r\n')[1]).toBe(
    `guts01 (192.0.2.7),'=cmd|x,TCP,443,"ESXi ""host""","reading\n| x"`,
  );
  expect(firewallMarkdown(from, ways, [])).toContain(
    '| guts01 (192.0.2.7) | =cmd\\|x | TCP 443 | ESXi "host" | reading \\| x |',
  );
});
