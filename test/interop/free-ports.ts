/** Ports of loopback for peers, which a story has to name before they listen, and again when they come back. */
import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as net from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import * as path from 'node:path';

/** Linux gives none of these to a connection that goes out: from 32768 on one could have it just when the peer wants to listen. */
const [FIRST, BEHIND] = [26_000, 32_768];
const AS_MANY = 4;
/** By port, the process whose peer has it or soon will. */
const taken = path.join(tmpdir(), `guts-ports-${userInfo().uid}`);

/** Four that nobody has at this moment; no other story is given one of them while this process lives. */
export async function freePorts(): Promise<number[]> {
  mkdirSync(taken, { recursive: true });
  const ports: number[] = [];
  while (ports.length < AS_MANY) {
    const port = randomInt(FIRST, BEHIND);
    if (take(port) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

function take(port: number): boolean {
  const file = path.join(taken, `${port}`);
  try {
    writeFileSync(file, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch {
    if (!isAlive(Number(readFileSync(file, 'utf8')))) rmSync(file, { force: true }); // for the next one who comes by
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
