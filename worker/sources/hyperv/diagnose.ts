/** Looks at a host step by step and keeps what was seen, for the first who has a host that nobody tried before. */
import type { HypervSignIn } from '../../../main/shared/connections.ts';
import type { Diagnosis, DiagnosisStep } from '../../../main/shared/diagnosis.ts';
import { winrmPlace } from '../../../main/shared/hyperv-address.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import { readBytes } from '../../disk/bytes.ts';
import { accountOf } from './account.ts';
import { AboutAnswer, InventoryAnswer, type MachineAnswer } from './answers.ts';
import { openChain } from './disks/chain.ts';
import { HostFiles, openShares } from './disks/files.ts';
import { openWinrmFile } from './disks/winrm-file.ts';
import { Masking } from './masking.ts';
import { scriptNames, scriptText } from './scripts.ts';
import { HypervSession } from './session.ts';

const HEAD_BYTES = 64 * 1024;

/** Every step is tried, whatever became of those before it, as far as it can be. Nothing on the host is changed. */
export async function diagnoseHyperv(signIn: HypervSignIn, signal: AbortSignal): Promise<Diagnosis> {
  const looking = new Looking(signIn, signal);
  const session = await looking.step('sign in to WinRM', async () => {
    const opened = await HypervSession.open(signIn, signal, { trace: looking.note });
    return { value: opened, says: `signed in as ${signIn.connection.userName}, by ${signIn.connection.signInBy}` };
  });
  try {
    if (session !== null) await looking.at(session);
    await looking.shares();
  } finally {
    await session?.[Symbol.asyncDispose]();
  }
  return looking.result();
}

class Looking {
  readonly note = (says: string): void => void this.#trace.push({ atMilliseconds: this.#elapsed(), says });
  readonly #signIn: HypervSignIn;
  readonly #signal: AbortSignal;
  readonly #beganMs = performance.now();
  readonly #steps: DiagnosisStep[] = [];
  readonly #trace: Diagnosis['trace'] = [];
  readonly #told: Record<string, unknown> = {};
  readonly #masking = new Masking();

  constructor(signIn: HypervSignIn, signal: AbortSignal) {
    this.#signIn = signIn;
    this.#signal = signal;
    this.#masking.know(winrmPlace(signIn.connection).host, 'host');
    const { userName } = signIn.connection;
    // What is refused names the user without the domain.
    for (const part of [userName, ...userName.split(/[\\@]/)]) this.#masking.know(part, 'user');
  }

  /** @returns null where it failed, which is written down */
  async step<T>(name: string, act: () => Promise<{ readonly value: T; readonly says: string }>): Promise<T | null> {
    const began = performance.now();
    const end = (isGood: boolean, says: string): void =>
      void this.#steps.push({ name, isGood, says, milliseconds: Math.round(performance.now() - began) });
    try {
      const { value, says } = await act();
      end(true, says);
      return value;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof GutsError)) throw error;
      end(false, `${error.code}: ${error.message} ${error.remedy}`);
      return null;
    }
  }

  async at(session: HypervSession): Promise<void> {
    const signal = this.#signal;
    await this.step('ask the host who it is', async () => {
      const value = await session.ask('about', {}, AboutAnswer, signal);
      this.#keep('about', value);
      return { value, says: `${value.system} ${value.version}, PowerShell ${value.powershell}` };
    });
    const inventory = await this.step('read the inventory', async () => {
      const value = await session.ask('inventory', { machines: null }, InventoryAnswer, signal);
      this.#keep('inventory', value);
      const troubles = value.machines.reduce((sum, one) => sum + one.troubles.length, value.troubles.length);
      return { value, says: `${value.machines.length} machines; ${troubles} things that could not be read` };
    });
    const machine = inventory?.machines.find(isOffWithDisk);
    if (machine !== undefined) await this.#disk(session, machine);
  }

  /** The same head of the same file by both ways, and its tables. */
  async #disk(session: HypervSession, { disks }: MachineAnswer): Promise<void> {
    const signal = this.#signal;
    const paths = disks[0]?.files.map(({ path }) => path) ?? [];
    const [path = ''] = paths;
    const { connection, secret } = this.#signIn;
    await using files = new HostFiles(connection.disks, accountOf(connection.userName, secret));
    const byWinrm = await this.step('read a disk’s head through WinRM', async () => {
      await using file = await openWinrmFile(session, path, signal);
      const value = await readBytes(file, 0, Math.min(HEAD_BYTES, file.sizeBytes), signal);
      return { value, says: `${value.length} bytes of ${file.sizeBytes}` };
    });
    await this.step('read a disk through its share', async () => {
      await using file = await files.open(session.host, path, signal);
      const value = await readBytes(file, 0, Math.min(HEAD_BYTES, file.sizeBytes), signal);
      const says = byWinrm === null ? 'nothing to compare with' : value.equals(byWinrm) ? 'the same' : 'NOT the same';
      return { value, says: `${value.length} bytes of ${file.sizeBytes}: ${says}` };
    });
    await this.step('open a disk with its parents', async () => {
      const open = async (one: string, stop: AbortSignal) => await files.open(session.host, one, stop);
      await using image = await openChain(paths, open, signal);
      const { format, variant, virtualSizeBytes, allocatedBytes, chain, warnings } = image.facts;
      this.#keep('disk', { format, variant, virtualSizeBytes, allocatedBytes, files: chain.length, warnings });
      return { value: null, says: `${format} ${variant}, ${virtualSizeBytes} bytes, ${chain.length} files` };
    });
  }

  async shares(): Promise<void> {
    const { connection, secret } = this.#signIn;
    await this.step('sign in to the host’s file shares', async () => {
      const account = accountOf(connection.userName, secret);
      await using smb = await openShares(winrmPlace(connection).host, connection.disks, account, this.#signal);
      const { dialect, signing, cipher } = smb.terms ?? { dialect: 'unknown', signing: 'unknown', cipher: null };
      return { value: null, says: `SMB ${dialect}, signed by ${signing}, encrypted by ${cipher ?? 'nothing'}` };
    });
  }

  result(): Diagnosis {
    const masking = this.#masking;
    return {
      takenAt: new Date().toISOString(),
      steps: this.#steps.map((one) => ({ ...one, says: masking.text(one.says) })),
      trace: this.#trace.map((one) => ({ ...one, says: masking.text(one.says) })),
      told: Object.fromEntries(Object.entries(this.#told).map(([name, value]) => [name, masking.value(value)])),
      scripts: Object.fromEntries(scriptNames.map((name) => [name, scriptText(name, {})])),
    };
  }

  #keep(name: string, value: unknown): void {
    this.#told[name] = value;
    this.#masking.learn(value);
  }

  #elapsed(): number {
    return Math.round(performance.now() - this.#beganMs);
  }
}

const isOffWithDisk = ({ state, disks }: MachineAnswer): boolean =>
  state === 'Off' && (disks[0]?.files.length ?? 0) > 0 && disks[0]?.trouble === null;
