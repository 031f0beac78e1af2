/** `guts worker` as an operator starts it, in a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import * as path from 'node:path';
import type { Elsewhere } from './daemon.ts';
import { endChild } from './end-child.ts';
import { systemNode } from './guts.ts';

const cli = path.resolve(import.meta.dirname, '../../out/cli.cjs');

export interface WorkerProcessOptions {
  readonly name: string;
  readonly dataDir: string;
  readonly passphraseFile: string;
  readonly broker: string;
  readonly brokerPasswordFile: string;
  readonly joinKeyFile: string;
  readonly flags?: readonly string[];
  /** Where it keeps what cannot be sent yet: its conversion space. */
  readonly temporary?: string;
  /** Another computer than this one. */
  readonly on?: Pick<Elsewhere, 'words' | 'env'>;
}

export class WorkerProcess implements AsyncDisposable {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #log: string[];

  private constructor(name: string, child: ChildProcess, log: string[]) {
    this.name = name;
    this.#child = child;
    this.#log = log;
  }

  /** Returns when it says that it works. */
  static async start(options: WorkerProcessOptions): Promise<WorkerProcess> {
    const {
      name,
      dataDir,
      passphraseFile,
      broker,
      brokerPasswordFile,
      joinKeyFile,
      flags = [],
      temporary,
      on,
    } = options;
    const words = ['worker', '--name', name, '--broker', broker, '--broker-password-file', brokerPasswordFile];
    const all = [...(on?.words ?? []), systemNode, cli, ...words, '--join-key-file', joinKeyFile, ...flags];
    const child = spawn(all[0] ?? '', all.slice(1), {
      env: {
        ...process.env,
        ...on?.env,
        GUTS_DATA_DIR: dataDir,
        GUTS_VAULT: 'file',
        GUTS_VAULT_PASSPHRASE_FILE: passphraseFile,
        ...(temporary === undefined ? {} : { TMPDIR: temporary }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const hear = (text: string): void => {
        log.push(text);
        if (log.join('').includes('"working"')) resolve();
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', hear);
      child.once('exit', (code, signal) =>
        reject(new Error(`guts worker ended (${code ?? signal}):\n${log.join('')}`)),
      );
    });
    return new WorkerProcess(name, child, log);
  }

  /** Everything that it has printed. */
  get log(): string {
    return this.#log.join('');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    await endChild(this.#child, 'SIGKILL');
  }

  /** In good order. @returns its exit code */
  async stop(): Promise<number | null> {
    return await endChild(this.#child, 'SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGCONT');
    await this.kill();
  }
}
