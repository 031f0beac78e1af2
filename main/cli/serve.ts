/** `guts serve`: the daemon, with scheduler, engine and REST, until it is told to stop. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import * as path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { version } from '../../package.json';
import { Daemon } from '../daemon.ts';
import { dataDir } from '../data-dir.ts';
import { LEAST_LOST_AFTER_SECONDS } from '../fleet/lease.ts';
import { GutsError } from '../shared/errors.ts';
import { LogFile } from '../logs/log-file.ts';
import { Log, standardOutput } from '../logs/log.ts';
import { Redactor } from '../logs/redactor.ts';
import { tellBroker } from '../logs/tell-broker.ts';
import { tellLog } from '../logs/tell-log.ts';
import { tellState } from '../logs/tell-state.ts';
import { nodeIdOf } from '../scheduler/local-node.ts';
import type { NodeId } from '../shared/schedule.ts';
import { pageFolder } from '../page-folder.ts';
import type { OpenedState } from '../state.ts';
import type { ConnectOptions } from '../store/sql/connect.ts';
import { passphraseFromStdin } from '../vault/stdin-passphrase.ts';
import { brokerFrom, brokerOptions, type BrokerFlags } from './broker-flags.ts';
import { nodeId } from './node-name.ts';
import { askPassphrase } from './passphrase.ts';
import { repeated } from './repeated.ts';
import { signalled } from './signalled.ts';
import { stateFrom, stateOptions, type StateFlags } from './state-flags.ts';
import { UsageError } from './usage-error.ts';

interface Flags extends BrokerFlags, StateFlags {
  readonly state?: string;
  readonly onlyWorkers: boolean;
  readonly lostAfter?: number;
  readonly port: number;
  readonly host: string;
  readonly dataDir?: string;
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly name: readonly string[];
  readonly node?: NodeId;
  readonly passphraseStdin: boolean;
}

class PemFileError extends GutsError {
  readonly code = 'serve.pem-file';
  readonly remedy = 'Give files in PEM that this user can read: the certificate (with its chain), and its key.';
}

export function addServe(program: Command): void {
  const command = brokerOptions(program.command('serve')).option(
    '--state <url>',
    'a state that several servers share: postgresql://USER@HOST[:PORT]/DATABASE, mysql://… or sqlite:FILE',
  );
  stateOptions(command)
    .description('the daemon: keeps a queue, runs migrations, answers REST; until SIGTERM or Ctrl-C')
    .option('--port <n>', 'where it answers; 0 takes a free one', port, 7000)
    .option('--host <address>', 'an address of this machine; others than loopback take a certificate', '127.0.0.1')
    .option('--data-dir <folder>', 'where it keeps its files (default: GUTS_DATA_DIR, or the system’s place)')
    .option('--tls-certificate <file>', 'its certificate in PEM, with the chain')
    .option('--tls-key <file>', 'the key of that')
    .option('--name <host>', 'a further name by which clients call it (may be repeated)', repeated, [])
    .option('--node <name>', 'what this machine is called among nodes (default: its host name)', nodeId)
    .option('--lost-after <seconds>', 'a worker that is not heard for so long counts as lost (default: 45)', lostAfter)
    .option('--only-workers', 'run nothing on this machine: workers do', false)
    .option('--passphrase-stdin', 'read the vault’s passphrase from standard input', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts serve\n  $ guts serve --host 0.0.0.0 --tls-certificate guts.pem --tls-key guts.key --name guts.example.net',
    )
    .action(serve);
}

async function serve(flags: Flags): Promise<void> {
  if ((flags.tlsCertificate === undefined) !== (flags.tlsKey === undefined))
    throw new UsageError('--tls-certificate and --tls-key go together.');
  const folder = flags.dataDir === undefined ? dataDir() : path.resolve(flags.dataDir);
  // Whoever reads the log may go away: it is in the data folder, too, and no reason to end.
  process.stdout.removeAllListeners('error').on('error', () => {});
  const redactor = new Redactor();
  await using log = new Log({ redactor, places: [standardOutput(), new LogFile(folder)] });
  const broker = await brokerFrom(flags, (secret) => redactor.know(secret));
  if (flags.onlyWorkers && broker === null)
    throw new UsageError('--only-workers takes --broker: workers come by that.');
  const shared =
    flags.state === undefined ? null : await stateFrom(flags.state, flags, (secret) => redactor.know(secret));
  const node = flags.node ?? nodeIdOf(hostname());
  const daemon = await Daemon.start({
    port: flags.port,
    host: flags.host,
    tls: await tlsOf(flags),
    names: flags.name,
    pageFolder: pageFolder(),
    dataDir: folder,
    askPassphrase: flags.passphraseStdin ? passphraseFromStdin() : askPassphrase,
    onSecret: (secret) => redactor.know(secret),
    redact: (text) => redactor.redact(text),
    onDetail: (detail) => log.detail(detail),
    onlyWorkers: flags.onlyWorkers,
    node,
    ...(shared === null ? {} : { openState: async () => await openShared(shared, folder, node, log) }),
    ...(broker === null
      ? {}
      : { fleet: { ...broker, ...lostAfterOf(flags), onState: (state) => tellBroker(log, state) } }),
  });
  using _telling = tellLog(daemon.events, log);
  if (daemon.vault.keepsIn === 'memory') log.warn('vault', daemon.vault);
  else log.info('vault', daemon.vault);
  log.info('listening', { url: daemon.url, version, pid: process.pid });
  const signal = await signalled();
  log.info('stopping', { signal });
  const left = await daemon.stop();
  if (left.length > 0) log.warn('interrupted', { migrations: left });
  log.info('stopped');
}

/** Its drivers are loaded only where there is one. */
async function openShared(shared: ConnectOptions, dataDir: string, node: NodeId, log: Log): Promise<OpenedState> {
  const { SqlState } = await import('../store/sql/state.ts');
  return await SqlState.open({
    ...shared,
    dataDir,
    node,
    onDetail: (detail) => log.detail(detail),
    onTrouble: (trouble) => tellState(log, trouble),
  });
}

async function tlsOf({ tlsCertificate, tlsKey }: Flags): Promise<{ certificate: string; key: string } | null> {
  if (tlsCertificate === undefined || tlsKey === undefined) return null;
  return { certificate: await pemIn(tlsCertificate), key: await pemIn(tlsKey) };
}

async function pemIn(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new PemFileError(`The file “${file}” cannot be read (${cause.code ?? 'unknown reason'}).`, { cause });
  });
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('Give a number from 0 to 65535.');
  return value;
}

const lostAfterOf = ({ lostAfter: lostAfterSeconds }: Flags): { readonly lostAfterSeconds?: number } =>
  lostAfterSeconds === undefined ? {} : { lostAfterSeconds };

function lostAfter(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < LEAST_LOST_AFTER_SECONDS || value > 3600)
    throw new InvalidArgumentError(`Give seconds, from ${LEAST_LOST_AFTER_SECONDS} to 3600.`);
  return value;
}
