/** A process of a benchmark that says when it is ready, and answers a line with a line. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  /** Returns when it is ready. */
  static async start(node: string, words: readonly string[]): Promise<Child> {
    const child = new Child(spawn(node, words, { stdio: ['pipe', 'pipe', 'inherit'] }));
    const line = await child.line();
    if (line !== 'ready') throw new Error(`${words.join(' ')} said “${line}”`);
    return child;
  }

  private constructor(child: ChildProcess) {
    this.#process = child;
    if (child.stdout === null) throw new Error('it has no output');
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** The next that it prints. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('it ended');
    return value;
  }

  async ask<T>(): Promise<T> {
    this.#process.stdin?.write('go\n');
    return JSON.parse(await this.line()) as T; // it is ours
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }
}
