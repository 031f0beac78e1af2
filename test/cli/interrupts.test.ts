/** Ctrl-C while a command goes from one step to the next: it is heard by the next, or ends the process, and is never lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { expect, test } from 'vitest';

const interrupts = path.resolve(import.meta.dirname, '../../main/cli/interrupts.ts');

/** A process that is too busy to hear anything when the signal comes, and has its first step behind it when it is not any more. */
async function interrupted(
  then: string,
): Promise<{ readonly told: string; readonly code: unknown; readonly signal: unknown }> {
  const program = `
    import { onInterrupt } from ${JSON.stringify(interrupts)};
    const busy = (untilMs) => { while (Date.now() < untilMs) {} };
    const first = onInterrupt(() => console.log('first'));
    process.stdout.write('ready', () => {
      busy(Date.now() + 1500);
      first[Symbol.dispose]();
      ${then}
      setTimeout(() => console.log('nothing'), 5000);
    });`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
    if (told === 'ready') child.kill('SIGINT');
  });
  const [code, signal] = (await once(child, 'close')) as [unknown, unknown];
  return { told: told.replace('ready', '').trim(), code, signal };
}

test('the next step hears it', async () => {
  const { told, code } = await interrupted(
    "onInterrupt((signal) => { console.log('second', signal); process.exit(7); });",
  );

  expect([told, code]).toEqual(['second SIGINT', 7]);
});

test('where there is no next step, the process ends of it', async () => {
  const { told, signal } = await interrupted('');

  expect([told, signal]).toEqual(['', 'SIGINT']);
});
