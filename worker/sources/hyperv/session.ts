/** A signed-in session with a Hyper-V host: runs scripts there, several at once, and signs in again when a connection ends. */
import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import type { HypervSignIn } from '../../../main/shared/connections.ts';
import { winrmPlace } from '../../../main/shared/hyperv-address.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import { mayAlways, type MayChange } from '../../drivers.ts';
import { StrangeAnswerError } from '../../net/errors.ts';
import { accountOf } from './account.ts';
import { Said } from './answers.ts';
import { troubleError } from './errors.ts';
import type { Account } from './ntlm/keys.ts';
import { lookingScripts, scriptText, type ScriptName } from './scripts.ts';
import { WinrmChannel, type WinrmServer, type WinrmTrace } from './winrm/channel.ts';
import { WinrmShell } from './winrm/shell.ts';

/** Before each further try. */
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15_000];
/** Shells that wait for the next script; others are ended at once, since a host allows a user only so many. */
const MOST_IDLE = 2;

export interface HypervSessionOptions {
  readonly trace?: WinrmTrace;
  readonly mayChange?: MayChange;
}

/** A connection with a shell on it; scripts on one connection would wait for each other. */
interface Line extends AsyncDisposable {
  readonly shell: WinrmShell;
}

export class HypervSession implements AsyncDisposable {
  /** Where the host is, without scheme: `hv01.example.net`. */
  readonly host: string;
  /** `host:port` of WinRM, for messages. */
  readonly name: string;
  readonly account: Account;
  readonly #server: WinrmServer;
  readonly #trace: WinrmTrace | undefined;
  readonly #mayChange: MayChange;
  readonly #idle: Line[] = [];
  #isOver = false;

  private constructor({ connection, secret }: HypervSignIn, { trace, mayChange = mayAlways }: HypervSessionOptions) {
    this.#trace = trace;
    this.#mayChange = mayChange;
    const { host, port, isTls } = winrmPlace(connection);
    this.host = host;
    this.name = `${new URL(connection.url).hostname}:${port}`;
    this.account = accountOf(connection.userName, secret);
    this.#server = {
      host,
      port,
      trust: isTls ? connection.trust : null,
      proxy: connection.proxy,
      method: connection.signInBy,
    };
  }

  /** Signs in. @throws GutsError; whoever gave a wrong address does not have to wait */
  static async open(
    signIn: HypervSignIn,
    signal: AbortSignal,
    options: HypervSessionOptions = {},
  ): Promise<HypervSession> {
    const session = new HypervSession(signIn, options);
    session.#idle.push(await session.#openLine(signal));
    return session;
  }

  /**
   * Runs a script, and again after trouble that may pass: every script may be run twice.
   * @returns what it found
   * @throws what {@link troubleError} makes of what the script's cmdlets say; GutsError
   */
  async ask<T>(
    name: ScriptName,
    args: Readonly<Record<string, unknown>>,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const text = scriptText(name, args);
    const isLook = lookingScripts.has(name);
    const run = async (): Promise<unknown> => {
      if (!isLook) await this.#mayChange();
      return await this.#run(text, signal);
    };
    const said = Said.safeParse(await this.#patiently(signal, run));
    if (!said.success) throw new StrangeAnswerError(`${this.name} says something else than a result.`);
    if (!said.data.ok) throw troubleError(this.name, said.data.trouble);
    const value = schema.safeParse(said.data.value);
    if (value.success) return value.data;
    const [issue] = value.error.issues;
    throw new StrangeAnswerError(
      `What ${this.name} says of “${name}” is not what was expected: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    );
  }

  async #run(text: string, signal: AbortSignal): Promise<unknown> {
    const line = this.#idle.pop() ?? (await this.#openLine(signal));
    let isGood = false;
    try {
      const result = await line.shell.run(text, signal);
      isGood = true;
      return result;
    } finally {
      if (isGood && !this.#isOver && this.#idle.length < MOST_IDLE) this.#idle.push(line);
      else await line[Symbol.asyncDispose]();
    }
  }

  async #openLine(signal: AbortSignal): Promise<Line> {
    const channel = new WinrmChannel(this.#server, this.account, this.#trace);
    try {
      const scheme = this.#server.trust === null ? 'http' : 'https';
      const shell = await WinrmShell.open(channel, `${scheme}://${this.name}/wsman`, signal);
      return {
        shell,
        async [Symbol.asyncDispose]() {
          await shell[Symbol.asyncDispose]();
          channel[Symbol.dispose]();
        },
      };
    } catch (error) {
      channel[Symbol.dispose]();
      throw error;
    }
  }

  async #patiently<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    for (const pauseMs of PAUSES_MS) {
      try {
        return await attempt();
      } catch (error) {
        if (signal.aborted || !(error instanceof GutsError) || !error.retryable) throw error;
        await pause(pauseMs, undefined, { signal });
      }
    }
    return await attempt();
  }

  /** Ends every shell; a script that still runs ends with its own. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#idle.splice(0).map(async (line) => await line[Symbol.asyncDispose]()));
  }
}
