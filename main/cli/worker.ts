/** `guts worker`: a machine that runs migrations for a daemon elsewhere, until it is told to stop. */
import { hostname } from 'node:os';
import * as path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { version } from '../../package.json';
import { dataDir } from '../data-dir.ts';
import { Worker } from '../fleet/worker/worker.ts';
import { LogFile } from '../logs/log-file.ts';
import { Log, standardOutput } from '../logs/log.ts';
import { Redactor } from '../logs/redactor.ts';
import { tellBroker } from '../logs/tell-broker.ts';
import { nodeIdOf } from '../scheduler/local-node.ts';
import { toErrorInfo } from '../shared/errors.ts';
import type { NodeId } from '../shared/schedule.ts';
import { passphraseFromStdin } from '../vault/stdin-passphrase.ts';
import { Vault } from '../vault/vault.ts';
import { brokerFrom, brokerOptions, type BrokerFlags } from './broker-flags.ts';
import { joinKeyFrom } from './join-key.ts';
import { nodeId } from './node-name.ts';
import { askPassphrase } from './passphrase.ts';
import { signalled } from './signalled.ts';
import { UsageError } from './usage-error.ts';

interface Flags extends BrokerFlags {
  readonly joinKeyFile?: string;
  readonly dataDir?: string;
  readonly name?: NodeId;
  readonly tags: readonly string[];
  readonly slots: number;
  readonly passphraseStdin: boolean;
}

export function addWorker(program: Command): void {
  brokerOptions(program.command('worker'))
    .description(
      'runs migrations for a daemon on another machine, which sends them through RabbitMQ; until SIGTERM or Ctrl-C',
    )
    .option('--join-key-file <file>', 'what “guts node key” of the daemon’s machine has written')
    .option('--data-dir <folder>', 'where it keeps its files (default: GUTS_DATA_DIR, or the system’s place)')
    .option('--name <node>', 'what it is called among nodes (default: its host name)', nodeId)
    .option('--tags <tag...>', 'what else it is called, for those who choose nodes', [])
    .option('--slots <n>', 'migrations at the same time', slots, 2)
    .option('--passphrase-stdin', 'read the vault’s passphrase from standard input', false)
    .addHelpText(
      'after',
      '\nExample:\n  $ guts worker --broker amqps://guts@mq.example.net/guts --broker-password-file mq.password --join-key-file join.key --name w1',
    )
    .action(work);
}

async function work(flags: Flags): Promise<void> {
  const folder = flags.dataDir === undefined ? dataDir() : path.resolve(flags.dataDir);
  process.stdout.removeAllListeners('error').on('error', () => {}); // whoever reads the log may go away
  const redactor = new Redactor();
  const onSecret = (secret: string): void => redactor.know(secret);
  const broker = await brokerFrom(flags, onSecret);
  if (broker === null) throw new UsageError('A worker takes --broker: its daemon is found there.');
  if (flags.joinKeyFile === undefined) throw new UsageError('A worker takes --join-key-file: only so it is believed.');
  const joinKey = await joinKeyFrom(flags.joinKeyFile);
  onSecret(joinKey);
  await using log = new Log({ redactor, places: [standardOutput(), new LogFile(folder)] });
  const vault = new Vault({
    dataDir: folder,
    askPassphrase: flags.passphraseStdin ? passphraseFromStdin() : askPassphrase,
    onSecret,
  });
  await vault.unlock();
  const node = flags.name ?? nodeIdOf(hostname());
  await using worker = await Worker.start({
    ...broker,
    node,
    dataDir: folder,
    tags: flags.tags,
    slots: flags.slots,
    joinKey,
    vault,
    onSecret,
    onDetail: (detail) => log.detail(detail),
    onState: (state) => tellBroker(log, state),
    onUnanswered: (why) =>
      why === null
        ? log.info('daemon', { state: 'answers' })
        : log.warn('daemon', { state: 'silent', why: toErrorInfo(why) }),
    onJob: (state, { kind, migration, request: { vm } }, error) =>
      log.info('job', { state, kind, migration, vm: vm.name, ...(error === null ? {} : { error }) }),
  });
  log.info('working', { node, version, pid: process.pid });
  const signal = await signalled();
  log.info('stopping', { signal, running: worker.running });
  await worker.drain(true);
  log.info('stopped');
}

function slots(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 1000) throw new InvalidArgumentError('Give a number from 1 to 1000.');
  return value;
}
