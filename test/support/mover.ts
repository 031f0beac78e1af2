/** The command line of Guts for one story: a data folder of its own, both sides set up, answers as JSON. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { MigrationRecord } from '../../main/shared/migration.ts';
import type { DestinationSignIn, SourceSignIn } from '../../main/shared/connections.ts';

const cli = path.resolve(import.meta.dirname, '../../out/cli.cjs');
const node = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export class Mover {
  readonly #folder: string;

  /** @param folder that is removed by whoever made it */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    writeFileSync(this.#at('passphrase'), 'a passphrase for tests\n', { mode: 0o600 });
  }

  /** Runs `guts`, with a secret on its standard input where there is one. */
  async say(args: readonly string[], secret = ''): Promise<Said> {
    const { child, ended } = this.start(args);
    child.stdin.end(secret);
    return await ended;
  }

  /** The same, for whoever wants to end it before its time. */
  start(args: readonly string[]): { readonly child: ReturnType<typeof spawnGuts>; readonly ended: Promise<Said> } {
    const child = spawnGuts(args, {
      ...process.env,
      GUTS_DATA_DIR: this.#at('data'),
      GUTS_VAULT: 'file', // whatever key store there is here
      GUTS_VAULT_PASSPHRASE_FILE: this.#at('passphrase'),
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const ended = new Promise<Said>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
    return { child, ended };
  }

  /** Sets up both sides under the names `from` and `to`. */
  async connect(source: SourceSignIn, destination: DestinationSignIn): Promise<void> {
    const { url, userName, trust } = source.connection;
    const pin = trust.kind === 'pinned' ? ['--fingerprint', trust.sha256] : [];
    await this.#must(
      ['source', 'create', 'from', '--url', url, '--user', userName, '--password-stdin'].concat(
        pin,
        this.#hypervFlags(source.connection),
      ),
      source.secret,
    );
    await this.#must(['source', 'refresh', 'from']);
    const { authUrl, auth, trust: cloudTrust } = destination.connection;
    if (auth.method !== 'password') throw new Error('stories sign in by password');
    const cloudPin = cloudTrust.kind === 'pinned' ? ['--fingerprint', cloudTrust.sha256] : [];
    await this.#must(
      ['destination', 'create', 'to', '--auth-url', authUrl, '--user', auth.userName, '--password-stdin'].concat(
        ['--user-domain', auth.userDomain, '--project', auth.project, '--project-domain', auth.projectDomain],
        cloudPin,
      ),
      destination.secret,
    );
  }

  #hypervFlags(connection: SourceSignIn['connection']): string[] {
    if (connection.kind !== 'hyperv') return [];
    const { trust, signInBy, disks } = connection;
    const isTls = connection.url.startsWith('https:');
    if (isTls && trust.kind === 'authorities') writeFileSync(this.#at('authorities.pem'), trust.pem);
    return ['--kind', 'hyperv', '--sign-in', signInBy, '--smb-port', `${disks.smbPort}`].concat(
      isTls && trust.kind === 'authorities' ? ['--ca-file', this.#at('authorities.pem')] : [],
      disks.encrypt ? [] : ['--no-encrypt-disks'],
      disks.places.flatMap(({ onHost, here }) => ['--disk-place', `${onHost}=${here}`]),
    );
  }

  /** Moves a machine to the end. @returns its record, whatever became of it, and what was said on standard error */
  async move(vm: string, ...options: string[]): Promise<{ readonly record: MigrationRecord; readonly said: Said }> {
    const said = await this.say([
      'create',
      '--source',
      'from',
      '--destination',
      'to',
      '--vm',
      vm,
      ...options,
      '--start',
      '--json',
    ]);
    return { record: recordIn(said), said };
  }

  async record(id: string): Promise<MigrationRecord> {
    return recordIn(await this.#must(['show', id, '--json']));
  }

  async #must(args: readonly string[], secret = ''): Promise<Said> {
    const said = await this.say(args, secret);
    if (said.code !== 0) throw new Error(`guts ${args.join(' ')} ended with ${said.code}: ${said.err}${said.out}`);
    return said;
  }

  #at(name: string): string {
    return path.join(this.#folder, name);
  }
}

function spawnGuts(args: readonly string[], env: NodeJS.ProcessEnv) {
  return spawn(node, [cli, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
}

export function recordIn({ out, err }: Said): MigrationRecord {
  try {
    return MigrationRecord.parse(JSON.parse(out));
  } catch (cause) {
    throw new Error(`no record came: ${out}${err}`, { cause });
  }
}
