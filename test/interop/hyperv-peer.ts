/** A Hyper-V host of test/peers: started with fresh disks and on free ports, asked what is true, told to misbehave, and removed. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Account } from '../../worker/sources/hyperv/ntlm/keys.ts';
import { freePorts } from './free-ports.ts';

const lab = path.resolve(import.meta.dirname, '../peers/hyperv/lab.sh');
const run = promisify(execFile);
const UP_TIMEOUT_MS = 10 * 60_000;

const Truth = z.record(
  z.string(),
  z.object({
    raw: z.string(),
    size: z.number(),
    sha256: z.string().nullable(),
    data_at: z.array(z.number()).nullable(),
  }),
);

const Said = z.looseObject({ ok: z.boolean(), error: z.string().optional() });

/** A disk, as the guest sees it. */
export interface TrueDisk {
  readonly rawFile: string;
  readonly sizeBytes: number;
  /** Null of a disk that is too large to be hashed whole (big01). */
  readonly sha256: string | null;
  /** Of a disk too large to hash: where it has data, in bytes. */
  readonly dataAt: readonly number[];
}

/** A file of the host, as it lies on this machine. */
export interface HostFile {
  /** Below the drive's root, with `/` between the names. */
  readonly path: string;
  readonly file: string;
  readonly sizeBytes: number;
}

export interface HypervPeer extends AsyncDisposable {
  readonly host: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly smbPort: number;
  /** The certificate of the HTTPS service, as PEM. */
  readonly caFile: string;
  readonly admin: Account;
  /** May sign in, but see no machines and open no admin share. */
  readonly viewer: Account;
  /** What the services wrote about themselves: `requests.log`, `scripts.log`. */
  readonly folder: string;
  /** The folder that is a drive, such as `D`. */
  drive(letter: string): string;
  filesOf(letter: string): HostFile[];
  /** By machine and number: `sql01/1`. */
  disk(name: string): TrueDisk;
  /** A call of the lab's own door, such as `{ op: 'guest-write', … }`; its answer. */
  control(call: Readonly<Record<string, unknown>>): Promise<unknown>;
  logged(file: 'requests.log' | 'scripts.log'): string[];
  /** As when the host restarts: both services end, with every shell and open file, and start again. */
  restart(): Promise<void>;
}

/** Takes a quarter of a minute. Each has a folder and ports of its own, so that several may run at once. Needs root. */
export async function hypervPeer(): Promise<HypervPeer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'guts-hyperv-'));
  const [http, https, smb, control] = await freePorts();
  const env = {
    ...process.env,
    LAB_STATE: folder,
    LAB_HTTP: `${http}`,
    LAB_HTTPS: `${https}`,
    LAB_SMB: `${smb}`,
    LAB_CTL: `${control}`,
  };
  const stop = async (): Promise<void> => {
    await run(lab, ['down'], { env });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await run(lab, ['up'], { env, timeout: UP_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 });
    const { stdout } = await run(lab, ['env'], { env });
    const told = new Map(
      [...stdout.matchAll(/^export (\w+)='?(.*?)'?$/gm)].map(([, name = '', value = '']) => [name, value]),
    );
    const need = (name: string): string => {
      const value = told.get(name);
      if (value === undefined) throw new Error(`the peer does not tell its ${name}`);
      return value;
    };
    const truth = Truth.parse(JSON.parse(readFileSync(need('HYPERV_TRUTH'), 'utf8')));
    const drive = (letter: string): string => path.join(folder, 'drives', letter);
    return {
      host: need('HYPERV_HOST'),
      httpPort: Number(new URL(need('HYPERV_HTTP')).port),
      httpsPort: Number(new URL(need('HYPERV_HTTPS')).port),
      smbPort: Number(need('HYPERV_SMB_PORT')),
      caFile: need('HYPERV_CA'),
      admin: { user: need('HYPERV_USER'), domain: '', password: need('HYPERV_PASSWORD') },
      viewer: { user: need('HYPERV_VIEWER_USER'), domain: '', password: need('HYPERV_VIEWER_PASSWORD') },
      folder,
      drive,
      filesOf(letter) {
        return readdirSync(drive(letter), { recursive: true, encoding: 'utf8' }).flatMap((name) => {
          const file = path.join(drive(letter), name);
          const facts = statSync(file);
          return facts.isFile() ? [{ path: name.split(path.sep).join('/'), file, sizeBytes: facts.size }] : [];
        });
      },
      disk(name) {
        const known = truth[name];
        if (known === undefined) throw new Error(`the peer has no disk ${name}`);
        return {
          rawFile: path.join(folder, known.raw),
          sizeBytes: known.size,
          sha256: known.sha256,
          dataAt: known.data_at ?? [],
        };
      },
      async control(call) {
        const answer = await fetch(need('HYPERV_CTL'), { method: 'POST', body: JSON.stringify(call) });
        const said = Said.parse(await answer.json());
        if (!said.ok) throw new Error(`the peer refuses ${String(call['op'])}: ${said.error ?? ''}`);
        return said;
      },
      logged: (file) => readFileSync(path.join(folder, file), 'utf8').split('\n').filter(Boolean),
      async restart() {
        await run(lab, ['down'], { env });
        await run(lab, ['up'], { env });
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
