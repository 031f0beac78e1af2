/** The shells of the simulated host, and the commands in them ([MS-WSMV]): made, fed, listened to and ended. */
import { randomUUID } from 'node:crypto';
import { all, first, textOf, type XmlElement } from '../../../worker/containers/xml.ts';
import { clixml, scriptIn, type Script, type Written } from './scripts.ts';
import { faultCodes, shellNames, WsmanFault, type WsmanAsked } from './wsman.ts';

/** As CreateProcess takes it. */
const MOST_COMMAND_LETTERS = 32_766;
const KILLED = 3_221_225_786;

export interface ShellsOptions {
  readonly mostShells: number;
  /** Output in one answer. */
  readonly chunkBytes: number;
  /** However long a client is willing to wait. */
  readonly mostWaitMs: number;
  /** However long a shell is to stay when nobody asks anything of it. */
  readonly mostIdleMs: number;
  run(script: Script): Promise<Written>;
}

interface Command {
  readonly id: string;
  input: Buffer;
  title: string;
  stdout: Buffer;
  stderr: Buffer;
  exitCode: number | null;
  readonly listeners: Set<() => void>;
}

interface Shell {
  readonly id: string;
  readonly user: string;
  readonly commands: Map<string, Command>;
  readonly idleMs: number;
  /** Requests that are being answered. */
  asked: number;
  idle: NodeJS.Timeout | null;
}

export class Shells {
  readonly #options: ShellsOptions;
  readonly #shells = new Map<string, Shell>();

  constructor(options: ShellsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#shells.size;
  }

  /** As after a restart of the service. */
  endAll(): void {
    for (const shell of this.#shells.values()) this.#end(shell);
  }

  /** What it is about, for faults: `Receive power shutDown`. */
  titleOf({ action, shellId, body }: WsmanAsked): string {
    const command = this.#shells.get(shellId)?.commands.get(commandIdOf(body));
    return `${action} ${command?.title ?? ''}`.trim();
  }

  /** @returns the body of the reply @throws WsmanFault */
  async answer(asked: WsmanAsked, user: string): Promise<string> {
    if (asked.action === 'Create') return this.#create(asked, user);
    const shell = this.#shells.get(asked.shellId);
    if (shell?.user !== user) throw gone(`The shell was not found on the server: ${asked.shellId}.`);
    using _asked = this.#isAsked(shell);
    switch (asked.action) {
      case 'Delete':
        this.#end(shell);
        return '';
      case 'Command':
        return start(shell, first(asked.body, 'CommandLine'));
      case 'Send':
        return this.#send(commandOf(shell, asked.body), first(asked.body, 'Send', 'Stream'));
      case 'Receive':
        return await this.#receive(commandOf(shell, asked.body), Math.min(asked.timeoutMs, this.#options.mostWaitMs));
      case 'Signal': {
        const command = commandOf(shell, asked.body);
        ended(command, KILLED);
        if (textOf(asked.body, 'Signal', 'Code')?.endsWith('/terminate') === true) shell.commands.delete(command.id);
        return '<rsp:SignalResponse/>';
      }
    }
  }

  #end(shell: Shell): void {
    if (shell.idle !== null) clearTimeout(shell.idle);
    for (const command of shell.commands.values()) ended(command, KILLED);
    this.#shells.delete(shell.id);
  }

  /** Until it is disposed of; from then on the shell is idle, if it is there still and nobody else asks. */
  #isAsked(shell: Shell): Disposable {
    shell.asked++;
    if (shell.idle !== null) clearTimeout(shell.idle);
    return {
      [Symbol.dispose]: () => {
        shell.asked--;
        if (shell.asked === 0 && this.#shells.has(shell.id)) this.#rests(shell);
      },
    };
  }

  #rests(shell: Shell): void {
    shell.idle = setTimeout(() => this.#end(shell), shell.idleMs);
    shell.idle.unref();
  }

  #create({ body }: WsmanAsked, user: string): string {
    if (this.count >= this.#options.mostShells)
      throw new WsmanFault(
        faultCodes.tooManyShells,
        'The server is already executing the maximum number of concurrent shells a user can remotely open.',
      );
    const id = randomUUID().toUpperCase();
    const seconds = /^PT(\d+(?:\.\d+)?)S$/.exec(textOf(body, 'Shell', 'IdleTimeOut') ?? '')?.[1];
    const idleMs = Math.min(Number(seconds ?? 7200) * 1000, this.#options.mostIdleMs);
    const shell: Shell = { id, user, commands: new Map(), idleMs, asked: 0, idle: null };
    this.#shells.set(id, shell);
    this.#rests(shell);
    return `<x:ResourceCreated><a:Address>http://127.0.0.1/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>${shellNames.resource}</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">${id}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated><rsp:Shell><rsp:ShellId>${id}</rsp:ShellId><rsp:ResourceUri>${shellNames.resource}</rsp:ResourceUri><rsp:IdleTimeOut>PT${(idleMs / 1000).toFixed(3)}S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>`;
  }

  #send(command: Command, stream: XmlElement | undefined): string {
    if (stream?.attribute('Name') !== 'stdin') throw new WsmanFault(faultCodes.badMessage, 'The stream is no stdin.');
    command.input = Buffer.concat([command.input, Buffer.from(stream.text, 'base64')]);
    if (stream.attribute('End')?.toLowerCase() === 'true') this.#begin(command);
    return '<rsp:SendResponse/>';
  }

  /** Standard input has come whole: it is a script, in base64. */
  #begin(command: Command): void {
    const script = scriptIn(Buffer.from(command.input.toString('latin1'), 'base64').toString('utf8'));
    if (script === null) {
      wrote(command, { stdout: '', stderr: clixml('The simulator knows the scripts of Guts alone.'), exitCode: 1 });
      return;
    }
    command.title = script.title;
    this.#options.run(script).then(
      (written) => wrote(command, written),
      (error: unknown) =>
        wrote(command, { stdout: '', stderr: clixml(`The simulator failed: ${String(error)}`), exitCode: 1 }),
    );
  }

  async #receive(command: Command, waitMs: number): Promise<string> {
    if (command.exitCode === null && !(await hears(command, waitMs)))
      throw new WsmanFault(
        faultCodes.timedOut,
        'The WS-Management service cannot complete the operation within the time specified in OperationTimeout.',
      );
    const pieces: string[] = [];
    let left = this.#options.chunkBytes;
    for (const name of ['stdout', 'stderr'] as const) {
      const bytes = command[name].subarray(0, left);
      command[name] = command[name].subarray(bytes.length);
      left -= bytes.length;
      // In two parts, each base64 for itself.
      for (const part of [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)])
        if (part.length > 0)
          pieces.push(`<rsp:Stream Name="${name}" CommandId="${command.id}">${part.toString('base64')}</rsp:Stream>`);
    }
    const isDone = command.stdout.length + command.stderr.length === 0;
    const state = `${shellNames.shell}/CommandState/${isDone ? 'Done' : 'Running'}`;
    const code = isDone ? `<rsp:ExitCode>${command.exitCode}</rsp:ExitCode>` : '';
    pieces.push(`<rsp:CommandState CommandId="${command.id}" State="${state}">${code}</rsp:CommandState>`);
    return `<rsp:ReceiveResponse>${pieces.join('')}</rsp:ReceiveResponse>`;
  }
}

function start(shell: Shell, line: XmlElement | undefined): string {
  const program = textOf(line, 'Command') ?? '';
  const words = all(line, 'Arguments').flatMap(({ text }) => text.split(' '));
  if ([program, ...words].join(' ').length > MOST_COMMAND_LETTERS)
    throw new WsmanFault(faultCodes.tooLong, 'The filename or extension is too long.');
  const command: Command = {
    id: randomUUID().toUpperCase(),
    input: Buffer.alloc(0),
    title: '',
    stdout: Buffer.alloc(0),
    stderr: Buffer.alloc(0),
    exitCode: null,
    listeners: new Set(),
  };
  shell.commands.set(command.id, command);
  const encoded = words[words.findIndex((word) => /^-enc/i.test(word)) + 1] ?? '';
  const bootstrap = Buffer.from(encoded, 'base64').toString('utf16le');
  if (!/^powershell(?:\.exe)?$/i.test(program) || !bootstrap.includes('[Console]::In.ReadToEnd()'))
    wrote(command, { stdout: '', stderr: `'${program}' is not known to the simulator.\r\n`, exitCode: 1 });
  return `<rsp:CommandResponse><rsp:CommandId>${command.id}</rsp:CommandId></rsp:CommandResponse>`;
}

function wrote(command: Command, { stdout, stderr, exitCode }: Written): void {
  if (command.exitCode !== null) return; // it was ended meanwhile
  command.stdout = Buffer.from(stdout);
  command.stderr = Buffer.from(stderr);
  ended(command, exitCode);
}

function ended(command: Command, exitCode: number): void {
  command.exitCode ??= exitCode;
  for (const listener of command.listeners) listener();
}

/** @returns false when there was nothing until then */
async function hears(command: Command, waitMs: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const settle = (heard: boolean): void => {
      clearTimeout(timer);
      command.listeners.delete(hear);
      resolve(heard);
    };
    const hear = (): void => settle(true);
    const timer = setTimeout(() => settle(false), waitMs);
    timer.unref();
    command.listeners.add(hear);
  });
}

const gone = (message: string): WsmanFault => new WsmanFault(faultCodes.noShell, message);

function commandIdOf(body: XmlElement | undefined): string {
  return (
    first(body, 'Receive', 'DesiredStream')?.attribute('CommandId') ??
    first(body, 'Send', 'Stream')?.attribute('CommandId') ??
    first(body, 'Signal')?.attribute('CommandId') ??
    ''
  );
}

function commandOf(shell: Shell, body: XmlElement | undefined): Command {
  const command = shell.commands.get(commandIdOf(body));
  if (command === undefined) throw gone('The command was not found.');
  return command;
}
