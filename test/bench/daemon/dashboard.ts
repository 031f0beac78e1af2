/**
 * A dashboard and an operator in one process: `dashboard.cjs URL`, the token on standard input. Asks at fixed times, whether
 * the answers before have come or not; at the end of the input it says how long each kind of request took.
 */
import '../../../main/shared/shim.ts';
import * as http from 'node:http';
import { createInterface } from 'node:readline';
import { spreadOf } from '../spread.ts';

const LOOK_EVERY_MS = 50;
const WISH_EVERY_MS = 200;

const [url = ''] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
const say = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

const took = new Map<string, number[]>();
let refused = 0;
const failures: string[] = [];
let token = '';

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(method: string, path: string, body?: object): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const request = http.request(url + path, { method, agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text })).on('error', reject);
    });
    request.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Measured until the last byte is there. @returns null where it was refused */
async function timed(name: string, method: string, path: string, body?: object): Promise<string | null> {
  const beganMs = performance.now();
  try {
    const { status, text } = await ask(method, path, body);
    if (status === 409) {
      refused += 1; // it has gone on meanwhile
      return null;
    }
    if (status >= 300) throw new Error(`${name}: ${status} ${text.slice(0, 300)}`);
    const all = took.get(name) ?? [];
    all.push(performance.now() - beganMs);
    took.set(name, all);
    return text;
  } catch (error) {
    failures.push(String(error));
    return null;
  }
}

interface Shown {
  readonly request: { readonly id: string };
  readonly stage: string;
  readonly isQueued: boolean;
}
let shown: readonly Shown[] = [];
let turn = 0;

const idOf = (number: number): string | undefined => shown[number % Math.max(1, shown.length)]?.request.id;

async function look(): Promise<void> {
  turn += 1;
  const id = idOf(turn * 7);
  const pages: readonly (readonly [name: string, path: string])[] = [
    ['migrations, a page of 100', '/v1/migrations?sort=queue&limit=100'],
    ['one migration', id === undefined ? '/v1/migrations?limit=1' : `/v1/migrations/${id}`],
    ['nodes', '/v1/nodes'],
    ['services', '/v1/services'],
    ['settings', '/v1/settings'],
    ['instances, searched among 10,000', `/v1/instances?name=*-${turn % 100}7*&limit=100`],
  ];
  const [name, path] = pages[turn % pages.length] ?? ['', ''];
  const text = await timed(name, 'GET', path);
  if (text !== null && path.includes('sort=queue')) shown = (JSON.parse(text) as { migrations: Shown[] }).migrations;
}

const WISH = 'a wish, until it is acknowledged';
let wishes = 0;
/** Asked to pause, and not yet told to go on. */
const paused: string[] = [];
/** Once for each, or the last one would never come to its end. */
const wasPaused = new Set<string>();

/** Holds one and lets it go; pauses one and lets it go on as soon as it stands. */
async function wish(): Promise<void> {
  wishes += 1;
  const act = async (id: string, action: string): Promise<boolean> =>
    (await timed(WISH, 'POST', `/v1/migrations/${id}/action`, { action })) !== null;
  const pick = (suits: (one: Shown) => boolean): string | undefined => {
    const able = shown.filter(suits);
    return able[wishes % Math.max(1, able.length)]?.request.id;
  };
  if (wishes % 4 === 0) {
    const id = pick(({ stage, request }) => stage === 'copying' && !wasPaused.has(request.id));
    if (id === undefined) return;
    wasPaused.add(id);
    if (await act(id, 'pause')) paused.push(id);
  } else if (wishes % 4 === 2) {
    const id = paused.shift();
    if (id !== undefined && !(await act(id, 'resume'))) paused.push(id);
  } else {
    const id = pick(({ isQueued }) => isQueued);
    if (id === undefined) return;
    await act(id, 'hold');
    await act(id, 'release');
  }
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  token = String((await lines.next()).value);
  const looking = setInterval(() => void look(), LOOK_EVERY_MS);
  say({ looking: true });
  await lines.next(); // there is something to wish for
  const wishing = setInterval(() => void wish(), WISH_EVERY_MS);
  while ((await lines.next()).done !== true);
  clearInterval(looking);
  clearInterval(wishing);
  say({ took: Object.fromEntries([...took].map(([name, all]) => [name, spreadOf(all)])), refused, failures });
  process.exit(0);
}

void main();
