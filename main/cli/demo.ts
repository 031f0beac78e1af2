/** `guts demo`: a whole migration of a made-up machine, proved and reported. */
import { randomInt } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { Command } from 'commander';
import { version } from '../../package.json';
import { dataDir } from '../data-dir.ts';
import { defaultLanes } from '../engine-thread.ts';
import { reportHtml, reportJson } from '../reports/html.ts';
import { demoReports } from '../shared/demo.ts';
import { GutsError } from '../shared/errors.ts';
import { bytesText, secondsText, things } from '../shared/figures.ts';
import { checksOf, verdictOf, type MigrationReport } from '../shared/report.ts';
import type { Stage } from '../shared/stages.ts';
import { perform, wantsJson } from './run.ts';
import { Terminal } from './terminal.ts';
import { writeWhole } from './write-whole.ts';

/** The same machine every time: what one operator sees, another can look at too. */
const SEED = 1;

export function addDemo(program: Command): void {
  const command = program
    .command('demo')
    .description(
      'move a small made-up machine from a simulated vCenter to a simulated OpenStack, prove it, boot it where QEMU is installed, and report',
    )
    .option('--keep <folder>', 'put everything there (default: a new folder for temporary files, named at the end)')
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts demo\n  $ guts demo --keep ~/guts-demo\n  $ guts demo --keep demo --json',
    )
    .action(async (flags: { readonly keep?: string }) => {
      const terminal = new Terminal(wantsJson(command));
      await runDemo(
        terminal,
        path.resolve(flags.keep ?? path.join(tmpdir(), `guts-demo-${randomInt(2 ** 40).toString(36)}`)),
      );
    });
}

/** What is told when a stage begins. */
const steps: Partial<Record<Stage, string>> = {
  planned: 'Making a small machine, and a vCenter and an OpenStack around it …',
  preflight: 'Looking for what could stop the move …',
  copying: 'Moving its disks …',
  provisioning: 'Making its port, its volume and its server …',
  booting: 'Starting the server, and listening to its console …',
  verifying: 'Proving what the cloud holds …',
};

async function runDemo(terminal: Terminal, folder: string): Promise<void> {
  const job = { kind: 'demo', version, seed: SEED, folder, dataDir: dataDir(), lanes: defaultLanes() } as const;
  const { report, ledger } = await perform(terminal, job, {
    onStage: (stage) => {
      const step = steps[stage];
      if (step !== undefined) terminal.note(step);
    },
  });
  const html = path.join(folder, demoReports.html);
  const json = path.join(folder, demoReports.json);
  await writeWhole(html, reportHtml(report), true);
  await writeWhole(json, reportJson(report), true);
  await unlink(ledger); // from here on everything is to stay
  const verdict = verdictOf(report);
  if (!verdict.proved) throw new NotProvedError(verdict.against, html);
  terminal.result({ proved: true, folder, html, json, report }, () => forPeople(report, html));
}

/** The demo ran to its end, but something in it was not as it must be. */
class NotProvedError extends GutsError {
  readonly code = 'demo.not-proved';
  readonly remedy: string;

  constructor(against: readonly string[], report: string) {
    super(`The move was not proved. ${against.join(' ')}`);
    this.remedy = `Read “${report}”; all files of the demo are beside it.`;
  }
}

function forPeople(report: MigrationReport, html: string): string {
  const { source, destination, boot, disks, files, migration } = report;
  const seconds = (Date.parse(report.finishedAt) - Date.parse(report.startedAt)) / 1000;
  const size = disks.reduce((sum, disk) => sum + disk.sizeBytes, 0);
  const lines = [
    `“${report.title}” was moved in ${secondsText(seconds)}: ${things(disks.length, 'disk')}, ${bytesText(size)}.`,
    `  from ${source.about?.product ?? 'a vCenter'} ${source.about?.version ?? ''} at ${source.address ?? ''}`,
    `  to   OpenStack, project ${destination.about?.project.name ?? ''}, at ${destination.address ?? ''}`,
    ...checksOf(report).map(({ about, claim, evidence, outcome }) =>
      outcome === 'not made' ? `  – ${about}: ${evidence}` : `  ✓ ${about}: ${claim}`,
    ),
    ...(boot === null || boot.console.length === 0
      ? []
      : ['The new server’s console says:', ...boot.console.map((line) => `  ${line}`)]),
    'Everything was proved. Look at it:',
    `  report   ${html}`,
    ...files.map(({ path }) => `  disk     ${path}`),
    `  journey  guts show ${migration}`,
  ];
  return `${lines.join('\n')}\n`;
}
