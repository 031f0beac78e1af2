/** A RabbitMQ of test/peers: started fresh on free ports, killed, frozen and brought back, and removed. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './free-ports.ts';

const lab = path.resolve(import.meta.dirname, '../peers/rabbitmq/lab.sh');
const run = promisify(execFile);
const UP_TIMEOUT_MS = 10 * 60_000;

export interface RabbitmqPeer extends AsyncDisposable {
  /** With the user and the virtual host, without the password. */
  readonly amqp: string;
  readonly amqps: string;
  readonly port: number;
  readonly passwordFile: string;
  readonly password: string;
  /** Of the authority that signed its certificate, and of another one, in PEM. */
  readonly ca: string;
  readonly otherCa: string;
  readonly fingerprint: string;
  /** May sign in, and has no rights. */
  readonly stranger: { readonly amqp: string; readonly passwordFile: string };
  /** Starts it where it does not run. */
  up(): Promise<void>;
  /** `kill -9`, with the names of its queues on the disk: one that is younger than half a second comes back without its messages otherwise. */
  kill(): Promise<void>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  alarm(how: 'on' | 'off'): Promise<void>;
  /** What `rabbitmqctl` says. */
  ctl(...words: readonly string[]): Promise<string>;
}

export interface RabbitmqPlace {
  /** They stand before its commands. */
  readonly words: readonly string[];
  /** By which others reach it, over TLS. */
  readonly address: string;
}

/** Takes some seconds. Each has a folder and ports of its own, so that several may run at once. @param on another computer */
export async function rabbitmqPeer(on?: RabbitmqPlace): Promise<RabbitmqPeer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'guts-rabbitmq-'));
  const [amqp = 0, amqps, dist, epmd] = await freePorts();
  const env = {
    ...process.env,
    LAB_STATE: folder,
    LAB_AMQP: `${amqp}`,
    LAB_AMQPS: `${amqps}`,
    LAB_DIST: `${dist}`,
    LAB_EPMD: `${epmd}`,
    ...(on === undefined ? {} : { LAB_ADDRESS: on.address }),
  };
  const [command = '', ...before] = [...(on?.words ?? []), lab];
  const call = async (...words: readonly string[]): Promise<string> =>
    (await run(command, [...before, ...words], { env, timeout: UP_TIMEOUT_MS })).stdout;
  const stop = async (): Promise<void> => {
    await call('destroy');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await call('up');
    const told = new Map(
      [...(await call('env')).matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name = '', value = '']) => [name, value]),
    );
    const need = (name: string): string => {
      const value = told.get(name);
      if (value === undefined) throw new Error(`the peer does not tell its ${name}`);
      return value;
    };
    const passwordFile = need('RABBITMQ_PASSWORD_FILE');
    return {
      amqp: need('RABBITMQ_AMQP'),
      amqps: need('RABBITMQ_AMQPS'),
      port: amqp,
      passwordFile,
      password: readFileSync(passwordFile, 'utf8'),
      ca: readFileSync(need('RABBITMQ_CA'), 'utf8'),
      otherCa: readFileSync(need('RABBITMQ_OTHER_CA'), 'utf8'),
      fingerprint: need('RABBITMQ_FINGERPRINT'),
      stranger: { amqp: need('RABBITMQ_STRANGER'), passwordFile: need('RABBITMQ_STRANGER_PASSWORD_FILE') },
      up: async () => void (await call('up')),
      kill: async () => {
        await call('ctl', 'eval', '[dets:sync(Table) || Table <- dets:all()].');
        await call('kill');
      },
      freeze: async () => void (await call('freeze')),
      thaw: async () => void (await call('thaw')),
      alarm: async (how) => void (await call('alarm', how)),
      ctl: async (...words) => await call('ctl', ...words),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
