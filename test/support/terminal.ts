/** The guts command on a terminal of its own, with somebody who answers when asked. */
import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { systemNode } from './guts.ts';

const cli = path.resolve(import.meta.dirname, '../../out/cli.cjs');

export interface Screen {
  readonly code: number | null;
  /** Everything that the terminal showed: both outputs, and what was echoed. */
  readonly text: string;
}

/**
 * Runs guts on a pseudo terminal of the given width.
 * @param answers each is typed when its question is on the screen, in this order
 */
export async function gutsOnTerminal(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
  answers: readonly (readonly [question: string, answer: string])[] = [],
  columns = 100,
): Promise<Screen> {
  const command = [systemNode, cli, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  // The terminal echoes what is typed, as a real one does, unless the program turns that off.
  const child = spawn(
    'script',
    ['--quiet', '--return', '--echo', 'always', '--command', `stty cols ${columns}; exec ${command}`, '/dev/null'],
    {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let text = '';
  let seen = 0;
  const left = [...answers];
  child.stdout.setEncoding('utf8').on('data', (shown: string) => {
    text += shown;
    // One piece of output may hold the end of one question and the whole of the next.
    for (let [next] = left; next !== undefined; [next] = left) {
      const at = text.indexOf(next[0], seen);
      if (at < 0) return;
      seen = at + next[0].length;
      left.shift();
      child.stdin.write(next[1]);
    }
  });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}
