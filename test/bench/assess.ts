/**
 * `npm run bench:assess`: an RVTools workbook as wide as a real one, with all its tabs: Guts reading it, and the whole `guts assess` with
 * its report, against Python's zipfile and its XML parser, which count the cells of every tab. In pairs, in one run; exits 1 when a goal
 * is missed.
 *
 *   node test/bench/assess.ts [--vms 20000] [--runs 3]
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { MadeMachine } from '../support/rvtools/made.ts';
import { writeWide } from './assess-workbook.ts';
import { bundle } from './bundle.ts';
import { measure, median, type Cost } from './measure.ts';

const GOALS = { wallSeconds: 30, /** 500 MB. */ peakMiB: 476 };
const PEER = `
import sys, zipfile, xml.etree.ElementTree as tree
cells = 0
with zipfile.ZipFile(sys.argv[1]) as book:
    for name in book.namelist():
        if not name.startswith('xl/worksheets/') and name != 'xl/sharedStrings.xml': continue
        with book.open(name) as part:
            for _, element in tree.iterparse(part):
                if element.tag.endswith('}c'): cells += 1
                if element.tag.endswith('}row') or element.tag.endswith('}si'): element.clear()
print(cells)
`;

const { values: flags } = parseArgs({
  options: { vms: { type: 'string', default: '20000' }, runs: { type: 'string', default: '3' } },
});
const vms = Number(flags.vms);
/** The product runs on the system's Node, not on the one that npm scripts get. */
const node = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;
const dir = mkdtempSync(path.join(tmpdir(), 'guts-bench-'));
try {
  const reader = await bundle('reader', 'test/bench/assess-reader.ts', dir);
  const file = path.join(dir, 'export.xlsx');
  const cells = await writeWide(
    file,
    Array.from({ length: vms }, (_, number) => machine(number)),
  );
  const load = loadavg()[0] ?? 0;
  const costs: { readonly read: Cost; readonly whole: Cost; readonly peer: Cost }[] = [];
  for (let run = 0; run < Number(flags.runs); run++) {
    const peer = measure(['/usr/bin/python3', '-c', PEER, file], {});
    const read = measure([node, reader, file], {});
    const report = path.join(dir, `report-${run}.html`);
    const whole = measure([node, 'out/cli.cjs', 'assess', file, '--output', report], {
      GUTS_DATA_DIR: path.join(dir, 'data'),
    });
    if (Number(read.stdout) !== vms) throw new Error(`read ${read.stdout} machines of ${vms}`);
    if (Number(peer.stdout) !== cells) throw new Error(`the peer counts ${peer.stdout} cells of ${cells}`);
    if (statSync(report).size < vms) throw new Error('the report is too short to have them all');
    costs.push({ read, whole, peer });
  }
  const line = (what: string, of: 'read' | 'whole'): string => {
    const mid = (pick: (cost: Cost) => number, whose: 'read' | 'whole' | 'peer'): number =>
      median(costs.map((one) => pick(one[whose])));
    const ratio = (pick: (cost: Cost) => number): string =>
      median(costs.map((one) => pick(one[of]) / pick(one.peer))).toFixed(2);
    const [wall, peak] = [mid(wallOf, of), mid(peakOf, of)];
    const most = Math.max(...costs.map((one) => peakOf(one[of])));
    const isMet = Math.max(...costs.map((one) => wallOf(one[of]))) <= GOALS.wallSeconds && most <= GOALS.peakMiB;
    if (!isMet) process.exitCode = 1;
    return `| ${what} | ${wall.toFixed(1)} : ${mid(wallOf, 'peer').toFixed(1)} | ${ratio(wallOf)} | ${mid(cpuOf, of).toFixed(1)} : ${mid(cpuOf, 'peer').toFixed(1)} | ${ratio(cpuOf)} | ${peak.toFixed(0)} (most ${most.toFixed(0)}) : ${mid(peakOf, 'peer').toFixed(0)} | ${isMet ? 'met' : 'missed'} |`;
  };
  process.stdout.write(
    [
      `${vms} machines, ${cells} cells in ${(statSync(file).size / 1e6).toFixed(0)} MB; load ${load.toFixed(1)} before, ${costs.length} paired runs`,
      '',
      `| | wall s, Guts : Python | ratio | CPU s | ratio | peak MiB | ≤ ${GOALS.wallSeconds} s and ${GOALS.peakMiB} MiB in every run |`,
      '| --- | --- | --- | --- | --- | --- | --- |',
      line('reading it', 'read'),
      line('`guts assess` with its page', 'whole'),
      '',
    ].join('\n'),
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function wallOf({ wallSeconds }: Cost): number {
  return wallSeconds;
}

function cpuOf({ cpuSeconds }: Cost): number {
  return cpuSeconds;
}

function peakOf({ peakMiB }: Cost): number {
  return peakMiB;
}

function machine(number: number): MadeMachine {
  const mac = (card: number): string =>
    `00:50:56:${number
      .toString(16)
      .padStart(4, '0')
      .replace(/(..)(..)/, '$1:$2')}:0${card}`;
  return {
    name: `server-${number}`,
    number,
    annotation: `Owned by team ${number % 40}; see ticket ${number * 17}`,
    disks: [{ gib: 40 }, { gib: 100 + (number % 400), store: `store${number % 60}` }],
    nics: [
      { network: `Net-${number % 80}`, mac: mac(1), ips: [`10.${number >> 8}.${number & 255}.5`] },
      { network: 'Backup', mac: mac(2) },
    ],
    partitions: [
      { path: '/', mib: 40_000, freeMib: 20_000 },
      { path: '/data', mib: 90_000, freeMib: 100 },
    ],
    snapshots: number % 10 === 0 ? [{ name: 'before', at: '2024/03/01 08:00:00' }] : [],
  };
}
