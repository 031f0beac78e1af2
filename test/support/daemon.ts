/** `guts serve` as an operator starts it, in a process of its own, with the typed client that asks it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { ApiClient } from '../../main/shared/client/client.ts';
import { endChild } from './end-child.ts';
import { systemNode } from './guts.ts';

const cli = path.resolve(import.meta.dirname, '../../out/cli.cjs');

export interface DaemonOptions {
  readonly dataDir: string;
  readonly passphraseFile: string;
  readonly flags?: readonly string[];
}

export class Daemon implements AsyncDisposable {
  readonly url: string;
  readonly client: ApiClient;
  readonly token: string;
  readonly #child: ChildProcess;
  readonly #log: string[];

  private constructor(child: ChildProcess, log: string[], url: string, token: string) {
    this.#child = child;
    this.#log = log;
    this.url = url;
    this.token = token;
    this.client = new ApiClient(async (request) => await fetch(request), { baseUrl: url, token });
  }

  /** Returns when it says where it listens. */
  static async start({ dataDir, passphraseFile, flags = [] }: DaemonOptions): Promise<Daemon> {
    const child = spawn(systemNode, [cli, 'serve', '--port', '0', ...flags], {
      env: { ...process.env, GUTS_DATA_DIR: dataDir, GUTS_VAULT: 'file', GUTS_VAULT_PASSPHRASE_FILE: passphraseFile },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log: string[] = [];
    let rest = '';
    const url = await new Promise<string>((resolve, reject) => {
      const hear = (text: string): void => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        log.push(...lines);
        for (const line of lines) {
          const [, found] = /"url":"(http[^"]+)"/.exec(line) ?? [];
          if (found !== undefined) resolve(found);
        }
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text));
      child.once('exit', (code, signal) =>
        reject(new Error(`guts serve ended (${code ?? signal}):\n${log.join('\n')}`)),
      );
    });
    return new Daemon(child, log, url, readFileSync(path.join(dataDir, 'api-token'), 'utf8').trim());
  }

  /** Everything that it has printed. */
  get log(): string {
    return this.#log.join('\n');
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async kill(): Promise<void> {
    await endChild(this.#child, 'SIGKILL');
  }

  /** In good order. @returns its exit code */
  async stop(): Promise<number | null> {
    return await endChild(this.#child, 'SIGTERM');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
