/**
 * Clients of the event stream, all in one process: `listeners.cjs URL COUNT`, the token on standard input. Says when all of
 * them listen, and at the end of the input how far behind they were and whether anybody missed anything.
 */
import '../../../main/shared/shim.ts';
import * as http from 'node:http';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { eventBlocks } from '../../../main/shared/client/event-lines.ts';
import { spreadOf } from '../spread.ts';

const [url = '', count = ''] = process.argv.slice(2);
const say = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

const behindMs: number[] = [];
const lastIds = new Map<number, string>();
let bytes = 0;
let ended = 0;
/** Numbers that the one who reads every word has not seen. */
let missed = 0;
let events = 0;

async function listen(token: string, which: number): Promise<void> {
  const agent = new http.Agent({ maxSockets: Infinity });
  const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.get(`${url}/v1/events`, { agent, headers: { authorization: `Bearer ${token}` } }, resolve).on('error', reject);
  });
  if (answer.statusCode !== 200) throw new Error(`the event stream was refused: ${answer.statusCode}`);
  answer.on('end', () => (ended += 1));
  answer.on('data', (chunk: Buffer) => hear(which, chunk));
  if (which === 0) void readEveryWord(answer);
}

/** Of what comes in one piece, the oldest event is the furthest behind. */
function hear(which: number, chunk: Buffer): void {
  bytes += chunk.length;
  const at = chunk.indexOf('"at":"');
  if (at >= 0) {
    const told = Date.parse(chunk.toString('latin1', at + 6, at + 30));
    if (!Number.isNaN(told)) behindMs.push(Date.now() - told);
  }
  const id = /^id: (\S+)$/m.exec(chunk.toString('latin1', Math.max(0, chunk.lastIndexOf('\nid: ')), chunk.length));
  if (id?.[1] !== undefined) lastIds.set(which, id[1]);
}

async function readEveryWord(answer: http.IncomingMessage): Promise<void> {
  const body = Readable.toWeb(answer) as ReadableStream<Uint8Array>; // Node names its own type of the same
  let last: number | undefined;
  for await (const { id, data } of eventBlocks(body, new AbortController().signal)) {
    const number = Number(id?.split('-')[1]);
    if (data !== null) events += 1;
    if (last !== undefined && number > last + 1) missed += number - last - 1;
    last = number;
  }
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const token = String((await lines.next()).value);
  for (let i = 0; i < Number(count); i += 20)
    await Promise.all(
      Array.from({ length: Math.min(20, Number(count) - i) }, async (_, j) => await listen(token, i + j)),
    );
  say({ listening: Number(count) });
  while ((await lines.next()).done !== true);
  const stands = new Set(lastIds.values()).size;
  say({ behind: spreadOf(behindMs), bytes, ended, missed, events, stands });
  process.exit(0);
}

void main();
