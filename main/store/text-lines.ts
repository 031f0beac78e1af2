/** The lines of a text file, one after the other, without their ends. */
import { createReadStream } from 'node:fs';

/** Fails where the file cannot be read. Whoever stops listening closes it. */
export async function* linesIn(file: string): AsyncGenerator<string, void, void> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
