/** Faults that a simulator is told to have: which request they meet, and what happens to it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { bodyOf, send } from './http.ts';

/**
 * Of every request: `http` answers with a status, `delay` waits first, `drop` hangs up without a word, `garbage` answers
 * with somebody else's page. Of bytes on their way: `cut` hangs up, `stall` waits once, `corrupt` changes one byte, each
 * behind `afterBytes`. The rest means what the simulator's own words say.
 */
export const FaultKind = z.enum([
  'http',
  'delay',
  'drop',
  'garbage',
  'cut',
  'stall',
  'corrupt',
  'expire',
  'fault',
  'taskfail',
  'deny',
  'leaseerror',
  'error',
]);
export type FaultKind = z.infer<typeof FaultKind>;

export const FaultRule = z.strictObject({
  /** The part of the simulator: `soap`, `rest`, `folder`, `nfc`, `lease` of a vCenter; a service such as `image` of a cloud. */
  where: z.string().min(1),
  kind: FaultKind,
  /** A regular expression on what is asked: a SOAP method, or `PUT /v2/images/…`. Without it, everything. */
  match: z.string().default(''),
  /** The first matching request that is met, from 1. */
  nth: z.number().int().positive().default(1),
  /** How many in a row are met; -1 is all from there on. */
  count: z.number().int().min(-1).default(1),
  afterBytes: z.number().int().nonnegative().default(0),
  delayMs: z.number().int().nonnegative().default(0),
  status: z.number().int().min(100).max(599).default(503),
  headers: z.record(z.string(), z.string()).default({}),
  message: z.string().default('The simulator was told to fail here.'),
  /** The name of the fault in the simulator's words, such as `NoPermission`. */
  faultType: z.string().regex(/^\w*$/).default(''),
  /** Fields of that fault. */
  detail: z.record(z.string(), z.string()).default({}),
  /** For `deny`: these are refused. */
  privileges: z.array(z.string()).default([]),
});
export type FaultRule = z.output<typeof FaultRule>;

/** The rules of one simulator. Rules meet requests in the order in which they were added. */
export class FaultBook {
  #entries: { readonly rule: FaultRule; readonly pattern: RegExp; seen: number; met: number }[] = [];

  add(rule: z.input<typeof FaultRule>): void {
    const parsed = FaultRule.parse(rule);
    this.#entries.push({ rule: parsed, pattern: new RegExp(parsed.match), seen: 0, met: 0 });
  }

  clear(): void {
    this.#entries = [];
  }

  /** The rules, and how many requests each has met so far. */
  get rules(): readonly (FaultRule & { readonly met: number })[] {
    return this.#entries.map(({ rule, met }) => ({ ...rule, met }));
  }

  /** The rules that this request meets; asking counts the request. */
  match(where: string, asked: string): FaultRule[] {
    return this.#entries.flatMap((entry) => {
      const { rule, pattern } = entry;
      if (rule.where !== where || !pattern.test(asked)) return [];
      entry.seen++;
      const isMet = entry.seen >= rule.nth && (rule.count === -1 || entry.seen < rule.nth + rule.count);
      if (isMet) entry.met++;
      return isMet ? [rule] : [];
    });
  }
}

/**
 * Does what rules of any request say, before the simulator looks at it.
 * @returns whether the request is answered, or dropped, already
 */
export async function answeredByFault(rules: readonly FaultRule[], response: ServerResponse): Promise<boolean> {
  for (const rule of rules) {
    if (rule.kind === 'delay') await wait(rule.delayMs, undefined, { ref: false });
    else if (rule.kind === 'drop') {
      response.destroy();
      return true;
    } else if (rule.kind === 'http') {
      response.writeHead(rule.status, { 'content-type': 'text/plain; charset=utf-8', ...rule.headers });
      response.end(`${rule.message}\n`);
      return true;
    } else if (rule.kind === 'garbage') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body><h1>Maintenance</h1></body></html>');
      return true;
    }
  }
  return false;
}

/** Bytes on their way, either way, and what the rules do to them. */
export class FaultyBytes {
  #position = 0;
  #rules: readonly FaultRule[];

  constructor(rules: readonly FaultRule[]) {
    this.#rules = rules.filter(({ kind }) => kind === 'cut' || kind === 'stall' || kind === 'corrupt');
  }

  /** @returns what goes on of `bytes`, and whether the connection ends behind it */
  async pass(bytes: Uint8Array): Promise<{ readonly bytes: Uint8Array; readonly isCut: boolean }> {
    let passed = bytes;
    const due = this.#rules.filter(({ afterBytes }) => afterBytes < this.#position + bytes.byteLength);
    this.#rules = this.#rules.filter((rule) => !due.includes(rule));
    for (const rule of due) {
      const at = Math.max(0, rule.afterBytes - this.#position);
      if (rule.kind === 'cut') return { bytes: passed.subarray(0, at), isCut: true };
      if (rule.kind === 'stall') await wait(rule.delayMs, undefined, { ref: false });
      else {
        passed = Uint8Array.from(passed);
        passed[at] = (passed[at] ?? 0) ^ 0x55;
      }
    }
    this.#position += bytes.byteLength;
    return { bytes: passed, isCut: false };
  }

  /** Sends `bytes` as the rules leave them. @returns false when nothing more can be sent */
  async send(response: ServerResponse, bytes: Uint8Array): Promise<boolean> {
    const passed = await this.pass(bytes);
    const isThere = passed.bytes.byteLength === 0 || (await send(response, passed.bytes));
    if (!passed.isCut) return isThere;
    // What was sent shall arrive before the connection ends.
    await new Promise<void>((resolve) => {
      if (response.socket === null || response.socket.destroyed) resolve();
      else response.socket.write('', () => resolve());
    });
    response.destroy();
    return false;
  }
}

const MOST_RULE_BYTES = 64 * 1024;

/** Fault rules over HTTP: `GET`, `POST` one as JSON, `DELETE` all. */
export async function serveFaults(book: FaultBook, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const answer = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
  };
  if (request.method === 'GET') answer(200, book.rules);
  else if (request.method === 'DELETE') {
    book.clear();
    answer(200, []);
  } else if (request.method === 'POST') {
    try {
      book.add(JSON.parse((await bodyOf(request, MOST_RULE_BYTES)).toString('utf8')) as z.input<typeof FaultRule>); // `add` parses it
      answer(200, book.rules);
    } catch (error) {
      answer(400, { message: error instanceof Error ? error.message : String(error) });
    }
  } else answer(405, { message: 'GET, POST or DELETE.' });
}
