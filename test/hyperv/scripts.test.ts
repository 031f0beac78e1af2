/** The PowerShell scripts that Guts runs on a host, held against the language's grammar, and what becomes of their arguments. */
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Language, Parser, type Node } from 'web-tree-sitter';
import { scriptNames, scriptText } from '../../worker/sources/hyperv/scripts.ts';

const folder = path.resolve(import.meta.dirname, '../../worker/sources/hyperv/scripts');
let parser: Parser;

beforeAll(async () => {
  const { resolve } = createRequire(import.meta.url);
  await Parser.init();
  parser = new Parser();
  const grammar = path.join(
    path.dirname(resolve('tree-sitter-powershell/package.json')),
    'tree-sitter-powershell.wasm',
  );
  parser.setLanguage(await Language.load(grammar));
});

/** What the grammar does not take, with its line. */
function faultsIn(text: string): string[] {
  const tree = parser.parse(text);
  if (tree === null) throw new Error('nothing was parsed');
  const faults: string[] = [];
  const look = (node: Node): void => {
    if (node.isError || node.isMissing) faults.push(`line ${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`);
    for (const child of node.children) if (child !== null) look(child);
  };
  look(tree.rootNode);
  return faults;
}

/** Every command that a text calls, in lower case. */
function commandsIn(text: string): string[] {
  const tree = parser.parse(text);
  if (tree === null) throw new Error('nothing was parsed');
  return tree.rootNode.descendantsOfType('command_name').flatMap((node) => node?.text.toLowerCase() ?? []);
}

test('the grammar finds a fault where there is one', () => {
  expect(faultsIn('foreach ($vm in @(Get-VM) { $vm.Name }')).not.toEqual([]);
});

describe.each(readdirSync(folder))('%s', (name) => {
  const text = readFileSync(path.join(folder, name), 'utf8');

  test('is PowerShell', () => {
    expect(faultsIn(text)).toEqual([]);
  });

  test('says first what it is for', () => {
    expect(text).toMatch(/^# [A-Z][^\n]+[.:]\n/);
  });

  test('is plain ASCII, whatever code page the host reads it by', () => {
    expect([...text].filter((letter) => letter > '\u007e')).toEqual([]);
  });
});

describe.each(scriptNames)('the whole script “%s”', (name) => {
  test('is PowerShell, with any arguments, and calls the same commands with all of them', () => {
    const mild = scriptText(name, {});
    const hostile = scriptText(name, { machine: `'; Remove-VM *; '`, name: `$(Stop-Computer)"@\n'@`, prefix: '`"`$`' });

    expect(faultsIn(mild)).toEqual([]);
    expect(faultsIn(hostile)).toEqual([]);
    expect(commandsIn(hostile)).toEqual(commandsIn(mild));
    expect(hostile).not.toContain('Remove-VM *');
  });

  test('changes nothing on the host but what it is for', () => {
    const changing = commandsIn(scriptText(name, {})).filter((command) =>
      /^(?:add|checkpoint|clear|convert|copy|disable|dismount|enable|export|import|install|invoke|merge|mount|move|optimize|remove|rename|repair|reset|resize|restart|restore|resume|save|send|set|start(?!-sleep)|stop|suspend|uninstall|unregister|update)-/.test(
        command,
      ),
    );

    const allowed: Readonly<Record<string, readonly string[]>> = {
      checkpoint: ['checkpoint-vm', 'remove-vmsnapshot'],
      power: ['stop-vm', 'start-vm'],
    };
    expect(changing.filter((command) => allowed[name]?.includes(command) !== true)).toEqual([]);
  });
});
