/** The simulated host's WinRM listeners: who signs in by which way, what is sealed, and envelopes for the shells. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { answeredByFault, FaultyBytes, type FaultBook, type FaultRule } from '../faults.ts';
import { bodyOf, type Serve } from '../http.ts';
import { NtlmAcceptor, NtlmRefusal, type NtlmHost } from './ntlm.ts';
import { Seals, sealedType } from './sealed.ts';
import type { Shells } from './shells.ts';
import { faultReply, readEnvelope, replyTo, WsmanFault, type WsmanAsked } from './wsman.ts';

const PLAIN_TYPE = 'application/soap+xml;charset=UTF-8';
const MOST_BYTES = 512 * 1024;

export interface WinrmRoom {
  readonly account: NtlmHost;
  readonly shells: Shells;
  readonly faults: FaultBook;
  readonly methods: readonly ('basic' | 'ntlm')[];
  /** Clients must say through which TLS connection they sign in. */
  readonly demandsBindings: boolean;
  /** Of the certificate that is in use, as clients reckon it. */
  bindings(): Buffer;
  count(what: string): void;
}

/** What is known of a connection. */
interface Caller {
  acceptor: NtlmAcceptor | null;
  user: string | null;
  seals: Seals | null;
}

/** Answers on one listener. */
export function winrmFace(room: WinrmRoom, isTls: boolean): Serve {
  const callers = new WeakMap<Socket, Caller>();
  return async (request, response) => {
    const caller = callers.get(request.socket) ?? { acceptor: null, user: null, seals: null };
    callers.set(request.socket, caller);
    if (request.url !== '/wsman' || request.method !== 'POST') {
      response.writeHead(request.url === '/wsman' ? 405 : 404, { 'content-length': '0' }).end();
      return;
    }
    const body = await bodyOf(request, MOST_BYTES);
    if (!(await signsIn(room, isTls, caller, request, response))) return;
    if (body.length === 0) answer(response, 200, Buffer.alloc(0), PLAIN_TYPE);
    else await converse(room, isTls, caller, request, response, body);
  };
}

/** @returns false when the request is answered already */
async function signsIn(
  room: WinrmRoom,
  isTls: boolean,
  caller: Caller,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const [way = '', token = ''] = (request.headers.authorization ?? '').split(' ');
  const refuse = (challenge?: Buffer): boolean => {
    const ways = challenge === undefined ? waysOf(room, isTls) : [`Negotiate ${challenge.toString('base64')}`];
    response.writeHead(401, { 'www-authenticate': ways, 'content-length': '0' }).end();
    return false;
  };
  if (way === '') return caller.user !== null || refuse();
  const rules = room.faults.match('login', way);
  if (await answeredByFault(rules, response)) return false;
  if (rules.some(({ kind }) => kind === 'deny')) return refuse();
  if (way === 'Basic' && isTls && room.methods.includes('basic')) {
    const { user, password } = room.account;
    if (!isSame(Buffer.from(token, 'base64').toString('utf8'), user, password)) return refuse();
    room.count('sign-in by Basic');
    caller.user = user;
    return true;
  }
  if (way !== 'Negotiate' || !room.methods.includes('ntlm')) return refuse();
  const message = Buffer.from(token, 'base64');
  try {
    if (caller.acceptor === null) {
      caller.acceptor = new NtlmAcceptor(room.account);
      caller.user = caller.seals = null;
      return refuse(caller.acceptor.challenge(message));
    }
    const { acceptor } = caller;
    caller.acceptor = null;
    const signedIn = acceptor.accept(message, isTls ? room.bindings() : null, room.demandsBindings);
    caller.user = signedIn.user;
    caller.seals = new Seals(signedIn.sessionKey);
    room.count('sign-in by NTLM');
    return true;
  } catch (error) {
    if (!(error instanceof NtlmRefusal)) throw error;
    room.count(`refused: ${error.message}`);
    return refuse();
  }
}

function waysOf({ methods }: WinrmRoom, isTls: boolean): string[] {
  return [
    ...(methods.includes('ntlm') ? ['Negotiate'] : []),
    ...(methods.includes('basic') && isTls ? ['Basic realm="WSMAN"'] : []),
  ];
}

/** `HOST\user` is the user. */
function isSame(told: string, user: string, password: string): boolean {
  const at = told.indexOf(':');
  return (
    told
      .slice(0, at)
      .replace(/^[^\\]*\\/, '')
      .toLowerCase() === user.toLowerCase() && told.slice(at + 1) === password
  );
}

async function converse(
  room: WinrmRoom,
  isTls: boolean,
  caller: Caller,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): Promise<void> {
  const isSealed = request.headers['content-type']?.startsWith('multipart/encrypted') === true;
  if (!isTls && !isSealed) return answer(response, 500, Buffer.alloc(0), PLAIN_TYPE); // AllowUnencrypted is false
  const seals = isSealed ? caller.seals : null;
  let plain = body;
  if (isSealed) {
    try {
      if (seals === null) throw new RangeError('nobody agreed on keys');
      plain = seals.opened(body);
    } catch (error) {
      room.count(`not opened: ${String(error)}`);
      caller.user = null;
      response.writeHead(400, { 'content-length': '0', connection: 'close' }).end();
      return;
    }
  }
  let asked: WsmanAsked | null = null;
  let rules: readonly FaultRule[] = [];
  let status = 200;
  let reply: Buffer;
  try {
    asked = readEnvelope(plain);
    room.count(asked.action);
    rules = room.faults.match('winrm', room.shells.titleOf(asked));
    if (await answeredByFault(rules, response)) return;
    if (rules.some(({ kind }) => kind === 'expire')) room.shells.endAll();
    const fault = rules.find(({ kind }) => kind === 'fault');
    if (fault !== undefined) throw new WsmanFault(Number(fault.faultType), fault.message);
    reply = replyTo(asked, await room.shells.answer(asked, caller.user ?? ''));
  } catch (error) {
    if (!(error instanceof WsmanFault)) throw error;
    status = 500;
    reply = faultReply(error, room.account.name, asked?.messageId ?? null);
  }
  if (response.destroyed) return;
  const bytes = seals === null ? reply : seals.sealed(reply);
  response.writeHead(status, {
    'content-type': seals === null ? PLAIN_TYPE : sealedType,
    'content-length': String(bytes.length),
  });
  if (await new FaultyBytes(rules).send(response, bytes)) response.end();
}

function answer(response: ServerResponse, status: number, body: Buffer, type: string): void {
  const head = { 'content-length': String(body.length), ...(body.length === 0 ? {} : { 'content-type': type }) };
  response.writeHead(status, head).end(body);
}
