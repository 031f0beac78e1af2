/** Runs PowerShell scripts on a host through its WinRM shell; nothing is installed there, and nothing stays. */
import { setTimeout as pause } from 'node:timers/promises';
import { GutsError } from '../../../../main/shared/errors.ts';
import type { XmlElement } from '../../../containers/xml.ts';
import { StrangeAnswerError } from '../../../net/errors.ts';
import type { WinrmChannel } from './channel.ts';
import { actions, envelopeOf, xmlText, type Asking } from './envelope.ts';
import { HostFaultError, ScriptFailedError } from './errors.ts';
import { clixmlText } from './clixml.ts';
import { resultIn } from './result.ts';
import { bodyOf, faultOf, idOf, outputOf, relatesTo, type WsmanFault } from './replies.ts';

/** So long the host waits for output before it says that there is none yet. */
const TURN_SECONDS = 20;
/** A shell of which nobody asks anything for so long is ended by the host: one whose id never came back, too. */
const IDLE_SECONDS = 300;
/** Before each further try to end a shell. */
const END_PAUSES_MS = [250, 500, 1000, 2000];
/** Longer than that, and the connection counts as lost. */
const WAIT_MS = (TURN_SECONDS + 15) * 1000;
const MOST_OUTPUT_BYTES = 256 * 1024 * 1024;
/** “Nothing yet”: asked again. */
const TIMED_OUT = 2_150_858_793;
const SHELL_GONE = 2_150_858_843;

/**
 * Reads a script from standard input, as base64 of UTF-8 in one line, and runs it: it is on no command line, which the host would
 * log, and may be of any length.
 */
const BOOTSTRAP = [
  "$ErrorActionPreference='Stop'",
  "$ProgressPreference='SilentlyContinue'",
  "$WarningPreference='SilentlyContinue'",
  '$guts=[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String([Console]::In.ReadToEnd()))',
  '& ([scriptblock]::Create($guts))',
].join(';');
const ENCODED = Buffer.from(BOOTSTRAP, 'utf16le').toString('base64');

export class WinrmShell implements AsyncDisposable {
  readonly #channel: WinrmChannel;
  readonly #url: string;
  readonly #id: string;

  private constructor(channel: WinrmChannel, url: string, id: string) {
    this.#channel = channel;
    this.#url = url;
    this.#id = id;
  }

  /** @param url how the host is called, as `http://host:5985/wsman` @throws HostFaultError and what the channel throws */
  static async open(channel: WinrmChannel, url: string, signal: AbortSignal): Promise<WinrmShell> {
    const body = `<rsp:Shell><rsp:IdleTimeOut>PT${IDLE_SECONDS}S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>`;
    const options = { WINRS_NOPROFILE: 'TRUE', WINRS_CODEPAGE: '65001' };
    const answer = await ask(
      channel,
      { url, action: actions.create, shellId: null, timeoutSeconds: TURN_SECONDS, options, body },
      signal,
    );
    return new WinrmShell(channel, url, idOf(answer, 'ShellId', channel.name));
  }

  /**
   * Runs a script whose only output is the line of its result.
   * @returns what it says, as it came: to be parsed by a schema
   * @throws ScriptFailedError where it says no result, with what it wrote to standard error
   */
  async run(script: string, signal: AbortSignal): Promise<unknown> {
    const { stdout, stderr, exitCode } = await this.#execute(Buffer.from(script).toString('base64'), signal);
    const name = /^# guts: (\w+)/.exec(script)?.[1] ?? 'of no name';
    this.#channel.trace(`script ${name}: exit code ${exitCode}, ${stdout.length} bytes; ${errorText(stderr)}`);
    const result = resultIn(stdout, this.#channel.name);
    if (result === null) throw new ScriptFailedError(this.#channel.name, exitCode, clixmlText(stderr.toString('utf8')));
    return result.value;
  }

  async #execute(
    input: string,
    signal: AbortSignal,
  ): Promise<{ readonly stdout: Buffer; readonly stderr: Buffer; readonly exitCode: number }> {
    const words = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-EncodedCommand', ENCODED];
    const started = await this.#ask(
      actions.command,
      `<rsp:CommandLine><rsp:Command>powershell.exe</rsp:Command>${words.map((word) => `<rsp:Arguments>${xmlText(word)}</rsp:Arguments>`).join('')}</rsp:CommandLine>`,
      signal,
      { WINRS_CONSOLEMODE_STDIN: 'FALSE', WINRS_SKIP_CMD_SHELL: 'TRUE' },
    );
    const command = idOf(started, 'CommandId', this.#channel.name);
    try {
      const bytes = Buffer.from(input).toString('base64');
      await this.#ask(
        actions.send,
        `<rsp:Send><rsp:Stream Name="stdin" CommandId="${command}" End="true">${bytes}</rsp:Stream></rsp:Send>`,
        signal,
      );
      return await this.#received(command, signal);
    } finally {
      const code = '<rsp:Code>http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/terminate</rsp:Code>';
      // It frees the command's place among those that the host allows; that it could not be said changes nothing.
      await this.#ask(actions.signal, `<rsp:Signal CommandId="${command}">${code}</rsp:Signal>`, ending()).catch(
        () => {},
      );
    }
  }

  async #received(
    command: string,
    signal: AbortSignal,
  ): Promise<{ readonly stdout: Buffer; readonly stderr: Buffer; readonly exitCode: number }> {
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    for (let bytes = 0; ;) {
      let answer: XmlElement;
      try {
        answer = await this.#ask(
          actions.receive,
          `<rsp:Receive><rsp:DesiredStream CommandId="${command}">stdout stderr</rsp:DesiredStream></rsp:Receive>`,
          signal,
        );
      } catch (error) {
        if (error instanceof HostFaultError && error.fault.code === TIMED_OUT) continue;
        throw error;
      }
      const output = outputOf(answer, command, this.#channel.name);
      stdout.push(output.stdout);
      stderr.push(output.stderr);
      bytes += output.stdout.length + output.stderr.length;
      if (bytes > MOST_OUTPUT_BYTES) throw new StrangeAnswerError(`${this.#channel.name} sends output without end.`);
      if (output.exitCode !== null)
        return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), exitCode: output.exitCode };
    }
  }

  async #ask(
    action: string,
    body: string,
    signal: AbortSignal,
    options: Readonly<Record<string, string>> = {},
  ): Promise<XmlElement> {
    const asking = { url: this.#url, action, shellId: this.#id, timeoutSeconds: TURN_SECONDS, options, body };
    return await ask(this.#channel, asking, signal);
  }

  /** Other tools have shells there, too, and the host allows so many to a user. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const pauseMs of END_PAUSES_MS) {
      try {
        await this.#ask(actions.delete, '', ending());
        return;
      } catch (error) {
        const isGone = error instanceof HostFaultError && error.fault.code === SHELL_GONE;
        if (isGone || !(error instanceof GutsError) || !error.retryable) return; // the host ends it when it is idle, else
        await pause(pauseMs);
      }
    }
  }
}

const ending = (): AbortSignal => AbortSignal.timeout(WAIT_MS);

async function ask(channel: WinrmChannel, asking: Asking, signal: AbortSignal): Promise<XmlElement> {
  const { id, xml } = envelopeOf(asking);
  const began = performance.now();
  const { status, text } = await channel.send(xml, WAIT_MS, signal);
  const action = asking.action.slice(asking.action.lastIndexOf('/') + 1);
  const told = `${action}: HTTP ${status}, ${text.length} letters after ${Math.round(performance.now() - began)} ms`;
  if (text === '') channel.trace(told);
  if (text === '') throw new HostFaultError(channel.name, status, noAnswer(status));
  const body = bodyOf(text, channel.name);
  const fault = faultOf(body);
  channel.trace(fault === null ? told : `${told}; fault ${fault.code ?? 'without a number'}: ${fault.says}`);
  if (fault !== null) throw new HostFaultError(channel.name, status, fault);
  if (status !== 200) throw new StrangeAnswerError(`${channel.name} answers with HTTP ${status}.`);
  if (relatesTo(text, channel.name)?.toUpperCase() !== id.toUpperCase())
    throw new StrangeAnswerError(`${channel.name} answers something that was not asked.`);
  return body;
}

const errorText = (stderr: Buffer): string =>
  stderr.length === 0
    ? 'nothing on standard error'
    : `standard error: ${clixmlText(stderr.toString('utf8')) || 'no error'}`;

const noAnswer = (status: number): WsmanFault => ({
  code: null,
  says: status === 500 ? 'It gives no reason; most often it demands that messages are encrypted.' : `HTTP ${status}`,
});
