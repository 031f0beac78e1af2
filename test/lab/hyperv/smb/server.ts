/** The SMB server of the simulated Hyper-V host, on a free port of this computer. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as net from 'node:net';
import type { FaultBook } from '../../faults.ts';
import type { Host } from '../host.ts';
import type { NtlmHost } from '../ntlm.ts';
import { SmbConnection } from './connection.ts';
import type { Dialect } from './keys.ts';
import type { SmbRoom } from './requests.ts';
import type { SharePlace } from './session.ts';

export interface SmbOptions {
  readonly host: Host;
  readonly account: NtlmHost;
  readonly shares: readonly SharePlace[];
  readonly faults: FaultBook;
  readonly dialect: Dialect;
  readonly demandsSeal: boolean;
  readonly mostCredits: number;
  /** 0 takes a free one. */
  readonly port: number;
  readonly address: string;
  count(what: string): void;
}

export interface SmbState {
  readonly connections: number;
  readonly sessions: number;
  readonly openFiles: readonly string[];
  /** That were read by clients. */
  readonly bytes: number;
}

export interface SmbServer extends AsyncDisposable {
  readonly port: number;
  readonly state: SmbState;
  /** Closes what is open, and turns the next so many connections away. */
  outage(connections: number): void;
  /** Every user has to sign in again. */
  expire(): void;
}

export async function serveSmb(options: SmbOptions): Promise<SmbServer> {
  let bytes = 0;
  let turnedAway = 0;
  const open = new Map<net.Socket, SmbConnection>();
  const room: SmbRoom = {
    host: options.host,
    account: options.account,
    shares: options.shares,
    negotiate: { dialect: options.dialect, guid: randomBytes(16) },
    faults: options.faults,
    demandsSeal: options.demandsSeal,
    mostCredits: options.mostCredits,
    count: options.count,
    countBytes: (more) => void (bytes += more),
  };
  const server = net.createServer((socket) => {
    socket.on('error', () => {}); // clients may leave at any time
    if (turnedAway > 0) {
      turnedAway--;
      socket.destroy();
      return;
    }
    open.set(socket, new SmbConnection(room, socket));
    socket.once('close', () => open.delete(socket));
  });
  server.listen(options.port, options.address);
  await once(server, 'listening');
  const hangUp = (): void => {
    for (const socket of open.keys()) socket.destroy();
  };
  return {
    port: (server.address() as net.AddressInfo).port, // it listens on TCP
    get state() {
      const sessions = [...open.values()].flatMap((connection) => connection.sessions);
      return {
        connections: open.size,
        sessions: sessions.length,
        openFiles: sessions.flatMap(({ opens }) => [...opens.values()].map(({ path }) => path)),
        bytes,
      };
    },
    outage(connections) {
      turnedAway = connections;
      hangUp();
    },
    expire() {
      for (const connection of open.values()) connection.expire();
    },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      hangUp();
      await closed;
    },
  };
}
