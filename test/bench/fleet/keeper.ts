/**
 * The daemon's side of the truth in a process of its own, with its journals on a disk: `keeper BROKER PASSWORD_FILE DATA_DIR`. Every
 * migration is whoever's that asks for it. Answers a line on its standard input with what it cost so far.
 */
import { createInterface } from 'node:readline';
import { EnginePool } from '../../../main/engine-pool.ts';
import { moreFileThreads } from '../../../main/file-threads.ts';
import { Broker } from '../../../main/fleet/broker/broker.ts';
import { passwordIn } from '../../../main/fleet/broker/password.ts';
import { Keeper } from '../../../main/fleet/daemon/keeper.ts';
import { keepTruth } from '../../../main/fleet/truth.ts';
import { SignIns } from '../../../main/sign-ins.ts';
import { NodeId } from '../../../main/shared/schedule.ts';
import { stateIn } from '../../../main/state.ts';
import { ConnectionStore } from '../../../main/store/connections.ts';
import { MigrationIndex } from '../../../main/store/migrations.ts';
import { Vault } from '../../../main/vault/vault.ts';
import { requestOf, workerOf } from './entries.ts';

moreFileThreads(); // as the daemon does
const [url = '', passwordFile = '', dataDir = ''] = process.argv.slice(2);

void main();

async function main(): Promise<void> {
  const engines = new EnginePool(1, (detail) => process.stderr.write(`${detail}\n`));
  const index = await MigrationIndex.open(engines, dataDir, new AbortController().signal);
  const state = stateIn(dataDir);
  const connections = new ConnectionStore(state.documents);
  const vault = new Vault({ dataDir, askPassphrase: () => Promise.resolve(null), env: { GUTS_VAULT: 'memory' } });
  const keeper = new Keeper({
    dataDir,
    journals: state.journals(engines),
    engines,
    signIns: new SignIns(connections, vault),
    index,
    holdOf: (id) => ({ node: NodeId.parse(`sim-${workerOf(id)}`), token: 1 }),
    node: () => undefined,
    leaseMs: 30_000,
  });
  const broker = new Broker({
    url,
    trust: { kind: 'system' },
    password: async () => await passwordIn(passwordFile),
    name: 'guts bench keeper',
  });
  await broker.ready();
  await keepTruth(broker, {
    answer: async (question) => {
      const { migration, kind } = question;
      // As it is made before anybody is given it.
      if (kind === 'entry' && index.find(migration) === null) {
        await engines.run({ kind: 'planned', request: requestOf(migration), dataDir }, new AbortController().signal);
        await index.refresh(migration);
      }
      return await keeper.answer(question);
    },
  });
  process.stdout.write('ready\n');
  for await (const _ of createInterface({ input: process.stdin })) {
    const { user, system } = process.cpuUsage();
    const told = { cpuSeconds: (user + system) / 1e6, rssMiB: process.memoryUsage.rss() / 1024 ** 2 };
    process.stdout.write(`${JSON.stringify(told)}\n`);
  }
  process.exit(0);
}
