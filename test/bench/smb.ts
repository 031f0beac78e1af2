/**
 * `npm run bench:smb`: what reading a file of a Hyper-V host costs over SMB, signed and encrypted: our client against
 * smbclient, in pairs, against the same Samba. Exits 1 when a goal is missed.
 *
 *   npm run bench:smb -- [--runs N] [--mib N] [--only WORD] [--write]
 *
 * `--write` puts the table into docs/performance.md.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { hypervPeer } from '../interop/hyperv-peer.ts';
import { bundle } from './bundle.ts';
import { measure, median, type Cost } from './measure.ts';

const MiB = 2 ** 20;
const FILE = 'bench.vhd';
/** Of Samba’s shares there, the one that is encrypted only when the client wants that; D$ wants it of who can. */
const SHARE = 'C$';
const DRIVE = 'C';
const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    mib: { type: 'string', default: '1024' },
    /** Only rows whose name has this in it. */
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
/** The product runs on the system's Node, not on the one that npm scripts get. */
const node = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;

interface Row {
  readonly name: string;
  readonly dialect: '3.0' | '3.1.1';
  readonly encrypt: 'whereDemanded' | 'always';
  /** Of smbclient. */
  readonly protection: 'sign' | 'encrypt';
  /** Time, ours in smbclient's; null is told but not judged. */
  readonly goal: number | null;
}
const rows: readonly Row[] = [
  {
    name: 'signed, 3.1.1',
    dialect: '3.1.1',
    encrypt: 'whereDemanded',
    protection: 'sign',
    goal: 1.5,
  },
  {
    name: 'encrypted, 3.1.1',
    dialect: '3.1.1',
    encrypt: 'always',
    protection: 'encrypt',
    goal: 2,
  },
  {
    name: 'signed, 3.0',
    dialect: '3.0',
    encrypt: 'whereDemanded',
    protection: 'sign',
    goal: null,
  },
  {
    name: 'encrypted, 3.0',
    dialect: '3.0',
    encrypt: 'always',
    protection: 'encrypt',
    goal: null,
  },
];

/** Nothing in it repeats, so that nothing can be skipped. */
function writeNoise(file: string, mib: number): void {
  const fd = openSync(file, 'w');
  const piece = randomBytes(MiB);
  for (let i = 0; i < mib; i++) {
    piece.set(createHash('sha256').update(`${i}`).digest());
    writeSync(fd, piece);
  }
  closeSync(fd);
}

const spreadOf = (values: readonly number[]): string =>
  `${median(values).toFixed(2)} [${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}]`;

async function main(): Promise<number> {
  const dir = mkdtempSync(path.join(tmpdir(), 'guts-bench-smb-'));
  await using peer = await hypervPeer();
  try {
    const client = await bundle('smb-client', 'test/bench/smb-client.ts', dir);
    const accountFile = path.join(dir, 'account');
    const { user, password } = peer.admin;
    writeFileSync(accountFile, `username=${user}\npassword=${password}\n`, { mode: 0o600 });
    const mib = Number(flags.mib);
    writeNoise(path.join(peer.drive(DRIVE), FILE), mib);
    let missed = 0;
    const { stdout: version } = measure([node, '--version'], {});
    const table = [
      `Guts on Node ${version.trim()}, ${cpus().length} × ${cpus()[0]?.model.split(' ').slice(0, 2).join(' ')}, load ${loadavg()[0]?.toFixed(1)} before, medians of ${flags.runs} paired runs with their spread; a file of ${mib} MiB.`,
      '',
      '| messages, SMB | wall : smbclient | goal | CPU : smbclient | MiB/s | peak MiB |',
      '| --- | --- | --- | --- | --- | --- |',
    ];
    for (const row of rows.filter(({ name }) => name.includes(flags.only))) {
      const { encrypt, dialect, protection, goal } = row;
      const wish = { port: peer.smbPort, accountFile, share: SHARE, path: FILE, encrypt, dialects: [dialect] };
      const theirs = [
        'smbclient',
        `//127.0.0.1/${SHARE}`,
        `--port=${peer.smbPort}`,
        `--authentication-file=${accountFile}`,
        `--client-protection=${protection}`,
        `--max-protocol=${dialect === '3.0' ? 'SMB3_00' : 'SMB3_11'}`,
        `--command=get "${FILE}" /dev/null`,
      ];
      const [our, their]: [Cost[], Cost[]] = [[], []];
      for (let i = 0; i < Number(flags.runs); i++) {
        our.push(measure([node, client, JSON.stringify(wish)], {}));
        their.push(measure(theirs, {}));
      }
      const ratios = (of: (cost: Cost) => number): number[] => our.map((cost, i) => of(cost) / of(their[i] as Cost)); // pairs
      const wall = ratios(({ wallSeconds }) => wallSeconds);
      const isMet = goal === null || median(wall) <= goal;
      if (!isMet) missed++;
      const verdict = goal === null ? '–' : `${isMet ? 'met' : '**missed**'} (≤ ${goal})`;
      const rate = (costs: readonly Cost[]): string =>
        (mib / median(costs.map(({ wallSeconds }) => wallSeconds))).toFixed(0);
      const cpu = spreadOf(ratios(({ cpuSeconds }) => cpuSeconds));
      const peak = Math.max(...our.map(({ peakMiB }) => peakMiB)).toFixed(0);
      table.push(`| ${row.name} | ${spreadOf(wall)} | ${verdict} | ${cpu} | ${rate(our)} : ${rate(their)} | ${peak} |`);
    }
    console.log(table.join('\n'));
    if (flags.write) {
      const file = path.resolve(import.meta.dirname, '../../docs/performance.md');
      const text = readFileSync(file, 'utf8');
      const marked = /(<!-- bench:smb -->\n)[^]*(<!-- \/bench:smb -->)/;
      writeFileSync(file, text.replace(marked, `$1\n${table.join('\n')}\n\n$2`));
    }
    return missed === 0 ? 0 : 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

process.exitCode = await main();
