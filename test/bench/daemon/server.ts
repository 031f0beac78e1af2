/**
 * The daemon of the bench in its own process, with everything that is real but the machines: `server.cjs DATA_DIR COPY_MS`.
 * Says where it listens; answers each line on standard input with what was measured since the last one; ends with the input.
 */
import '../../../main/shared/shim.ts';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { Daemon } from '../../../main/daemon.ts';
import { LogFile } from '../../../main/logs/log-file.ts';
import { Log } from '../../../main/logs/log.ts';
import { Redactor } from '../../../main/logs/redactor.ts';
import { LoopWatch } from '../loop-watch.ts';
import { spreadOf } from '../spread.ts';
import { BenchNode } from './node.ts';

const [dataDir = '', copyMs = ''] = process.argv.slice(2);
const say = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

async function serve(): Promise<void> {
  using watch = new LoopWatch();
  const node = new BenchNode({ dataDir, copyMs: Number(copyMs) });
  let details = 0;
  const daemon = await Daemon.start({
    port: 0,
    dataDir,
    askPassphrase: async () => await Promise.resolve(null),
    onDetail: (detail) => {
      details += 1;
      process.stderr.write(`${detail}\n`);
    },
    nodes: [node],
  });
  await using log = new Log({ redactor: new Redactor(), places: [new LogFile(dataDir)] });
  using _telling = daemon.events.listen(({ event }) => {
    if (event.kind === 'migration') log.info('migration', event);
  });
  say({ url: daemon.url, token: readFileSync(path.join(dataDir, 'api-token'), 'utf8').trim() });
  let cpu = process.cpuUsage();
  for await (const _line of createInterface({ input: process.stdin })) {
    const { user, system } = process.cpuUsage(cpu);
    cpu = process.cpuUsage();
    say({
      held: spreadOf(watch.report().heldMs),
      lines: spreadOf(await node.lineMs()),
      details,
      cpuSeconds: (user + system) / 1e6,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    });
  }
  await daemon.stop();
  await node.end();
}

void serve();
