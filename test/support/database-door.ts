/** The door of a database: it speaks TLS where that is wanted, asks for a password, takes none, and never hangs up by itself. */
import { once } from 'node:events';
import * as net from 'node:net';
import * as tls from 'node:tls';
import type { Certificate } from '../lab/certificate.ts';

export interface Door extends AsyncDisposable {
  readonly port: number;
  /** How many have come so far. */
  readonly visits: number;
}

export interface DoorOptions {
  readonly kind: 'postgresql' | 'mysql';
  /** Without one it does not speak TLS. */
  readonly certificate?: Certificate;
  readonly host?: string;
}

const REQUEST_TLS = 80_877_103;

export async function openDoor({ kind, certificate, host = '127.0.0.1' }: DoorOptions): Promise<Door> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // whoever came has gone
    const sealed = (): tls.TLSSocket => {
      const secureContext = tls.createSecureContext({ key: certificate?.key, cert: certificate?.pem });
      const open = new tls.TLSSocket(socket, { isServer: true, secureContext });
      open.on('error', () => {});
      return open;
    };
    if (kind === 'postgresql') askAsPostgresql(socket, certificate === undefined ? null : sealed);
    else greetAsMysql(socket, certificate === undefined ? null : sealed);
  });
  let visits = 0;
  server.on('connection', () => (visits += 1));
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get visits() {
      return visits;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function askAsPostgresql(socket: net.Socket, sealed: (() => tls.TLSSocket) | null): void {
  socket.once('data', (first) => {
    if (first.readUInt32BE(4) !== REQUEST_TLS) askForPassword(socket);
    else if (sealed === null) {
      socket.write('N');
      socket.once('data', () => askForPassword(socket));
    } else {
      socket.write('S');
      const open = sealed();
      open.once('data', () => askForPassword(open));
    }
  });
}

/** A password in the clear; whatever comes is wrong. */
function askForPassword(socket: net.Socket): void {
  socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
  socket.once('data', () => {
    const fields = Buffer.from('SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "guts"\0\0');
    const head = Buffer.from([0x45, 0, 0, 0, 0]);
    head.writeUInt32BE(fields.length + 4, 1);
    socket.write(Buffer.concat([head, fields]));
  });
}

const CLIENT_SSL = 0x0800;
const TLS_REQUEST_BYTES = 36;

/** As MariaDB begins: its version, a thread, half a salt, and what it can; then the rest. Nobody comes further than TLS here. */
function greetAsMysql(socket: net.Socket, sealed: (() => tls.TLSSocket) | null): void {
  const can = Buffer.alloc(2);
  can.writeUInt16LE(0xfffe & (sealed === null ? ~CLIENT_SSL : 0xffff));
  const body = Buffer.concat([
    Buffer.from([10]),
    Buffer.from('11.4.0-MariaDB\0'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('saltsalt\0'),
    can,
    Buffer.from([45, 2, 0, 0xff, 0x81, 21]),
    Buffer.alloc(10),
    Buffer.from('saltsaltsalt\0'),
    Buffer.from('mysql_native_password\0'),
  ]);
  socket.write(Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]));
  socket.once('data', (asked) => {
    socket.pause();
    const more = asked.subarray(TLS_REQUEST_BYTES); // what TLS begins with may have come along
    if (more.length > 0) socket.unshift(more);
    sealed?.();
  });
}
