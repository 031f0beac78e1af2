/** The window offers only commands that exist: each is asked of the built command line. */
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../renderer/parts/commands.ts';

const cli = path.resolve(import.meta.dirname, '../../out/cli.cjs');

test.each(commands.map(({ words }) => words))('“guts %s” is a command', (words) => {
  const [name = ''] = words.split(' ');

  const help = execFileSync(process.execPath, [cli, name, '--help'], { encoding: 'utf8' });

  expect(help).toMatch(new RegExp(`^Usage: guts ${name}\\b`));
});
