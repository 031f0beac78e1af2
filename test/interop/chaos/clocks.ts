/** Clocks of hosts that can be set: processes there take the time of day from a file (libfaketime), and their monotonic clock as it is. */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

const libraries = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`);

export class Clocks {
  readonly #folder: string;
  readonly #ahead = new Map<string, number>();

  constructor(folder: string, hosts: readonly string[]) {
    this.#folder = folder;
    for (const host of hosts) this.set(host, 0);
  }

  /** For the environment of a process there. */
  variablesOf(host: string): Readonly<Record<string, string>> {
    const library = libraries.find((file) => existsSync(file));
    if (library === undefined) throw new Error('clocks are set by libfaketime, which is not installed');
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#fileOf(host),
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  aheadOf(host: string): number {
    return this.#ahead.get(host) ?? 0;
  }

  /** Within a second. */
  set(host: string, aheadSeconds: number): void {
    this.#ahead.set(host, aheadSeconds);
    const file = this.#fileOf(host);
    writeFileSync(`${file}.new`, `+${Math.round(aheadSeconds)}\n`);
    renameSync(`${file}.new`, file); // whoever reads it reads one time or the other
  }

  #fileOf(host: string): string {
    return path.join(this.#folder, `${host}.clock`);
  }
}
