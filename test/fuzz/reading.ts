/** The fuzzer's end of the reading process: starts it, waits for its answer only so long, and starts it anew when it dies. */
import { fork, type ChildProcess } from 'node:child_process';
import * as path from 'node:path';
import type { ReadReply, ReadRequest } from './messages.ts';

/** Far above the limit on processor time: on a busy machine only a real hang lasts this long. */
const PATIENCE_MS = 60_000;

export type Answer = ReadReply | { readonly kind: 'died'; readonly what: string };

export class ReadingProcess implements Disposable {
  #child: ChildProcess | undefined;

  /** Reads the image in the process; never rejects. */
  async read(request: ReadRequest): Promise<Answer> {
    const child = (this.#child ??= fork(path.join(import.meta.dirname, 'reader.ts'), {
      execArgv: ['--max-old-space-size=256', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }));
    return await new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (answer.kind === 'died') this[Symbol.dispose]();
        resolve(answer);
      };
      const timer = setTimeout(() => settle({ kind: 'died', what: `no answer in ${PATIENCE_MS} ms` }), PATIENCE_MS);
      child.once('message', (message) => settle(message as ReadReply)); // reader.ts sends nothing else
      child.once('exit', (code, signal) => settle({ kind: 'died', what: `exit ${code ?? signal}` }));
      child.once('error', (error) => settle({ kind: 'died', what: error.message }));
      child.send(request);
    });
  }

  /** Ends the process, so that the next reading starts with fresh memory. */
  [Symbol.dispose](): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
