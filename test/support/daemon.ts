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
  /** Another Node than the oldest, for what only newer ones can do. */
  readonly node?: string;
  /** Another computer than this one. */
  readonly on?: Elsewhere;
}

/** Where a process runs that a story starts on another computer. */
export interface Elsewhere {
  /** They stand before its command. */
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** From where the story asks it, instead of where it says that it listens; and its files. */
  readonly url?: string;
  readonly file?: (inside: string) => string;
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
  static async start({ dataDir, passphraseFile, flags = [], node = systemNode, on }: DaemonOptions): Promise<Daemon> {
    const vault = { GUTS_VAULT: 'file', GUTS_VAULT_PASSPHRASE_FILE: passphraseFile };
    const [command = '', ...words] = [...(on?.words ?? []), node, cli, 'serve', '--port', '0', ...flags];
    const child = spawn(command, words, {
      env: { ...process.env, ...on?.env, GUTS_DATA_DIR: dataDir, ...vault },
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
    const { file = (inside: string) => inside } = on ?? {};
    const token = readFileSync(file(path.join(dataDir, 'api-token')), 'utf8').trim();
    return new Daemon(child, log, on?.url ?? url, token);
  }

  /** Everything that it has printed. */
  get log(): string {
    return this.#log.join('\n');
  }

  get pid(): number {
    return this.#child.pid ?? 0;
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
    await this.stop();
  }
}
