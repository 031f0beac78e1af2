/** Questions to the person at the terminal, on standard error, secrets without echo. */
import { StringDecoder } from 'node:string_decoder';
import { GutsError } from '../shared/errors.ts';
import { printable } from './terminal.ts';

/** Somebody can see a question and answer it. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** The person pressed Ctrl-C or Ctrl-D instead of answering. */
export class NotAnsweredError extends GutsError {
  readonly code = 'terminal.not-answered';
  readonly remedy = 'Run the command again when you have the answer.';

  constructor() {
    super('The question was not answered; nothing was done.');
  }
}

/** What was typed, which appears nowhere. */
export const askSecret = (question: string): Promise<string> => ask(question, false);

/** True only for “y” or “yes”. */
export async function askYes(question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await ask(`${question} [y/N] `, true)).trim());
}

/** What was typed ahead of the next question. */
let ahead = '';

async function ask(question: string, echoes: boolean): Promise<string> {
  const { stdin, stderr } = process;
  stdin.setRawMode(true); // before the question is seen: whoever answers at once is not echoed either
  stdin.resume();
  stderr.write(printable(question));
  try {
    return await typed((text) => {
      if (echoes) stderr.write(text);
    });
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}

function typed(echo: (text: string) => void): Promise<string> {
  const { stdin } = process;
  const decoder = new StringDecoder('utf8');
  let answer = '';
  return new Promise((resolve, reject) => {
    const end = (): void => {
      stdin.off('data', hear);
      stdin.off('end', giveUp);
    };
    const giveUp = (): void => {
      end();
      reject(new NotAnsweredError());
    };
    const take = (text: string): void => {
      const letters = [...text];
      for (const [i, letter] of letters.entries()) {
        if (letter === '\r' || letter === '\n') {
          ahead = letters.slice(i + 1).join('');
          end();
          resolve(answer);
          return;
        }
        if (letter === '\u0003' || (letter === '\u0004' && answer === '')) {
          giveUp();
          return;
        }
        if (letter === '\u007f' || letter === '\b') {
          if (answer !== '') echo('\b \b');
          answer = [...answer].slice(0, -1).join('');
        } else if (letter === '\u0015') {
          echo('\b \b'.repeat([...answer].length));
          answer = '';
        } else if (letter >= ' ') {
          answer += letter;
          echo(letter);
        }
      }
    };
    const hear = (bytes: Buffer): void => take(decoder.write(bytes));
    stdin.on('data', hear);
    stdin.once('end', giveUp);
    const before = ahead;
    ahead = '';
    if (before !== '') take(before);
  });
}
