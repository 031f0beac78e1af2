/** `guts doctor`: looks at the way of a move from this machine, step by step, and says what is wrong with it. */
import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import type { Command } from 'commander';
import { doctorHtml, doctorJson } from '../reports/doctor-html.ts';
import { type DoctorReport, type DoctorStep } from '../shared/doctor.ts';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import { chosen } from './create.ts';
import { addPapers } from './doctor-papers.ts';
import { doctorText, stepLine } from './doctor-text.ts';
import { ToldError } from './told-error.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';
import { writeWhole } from './write-whole.ts';

interface Flags {
  readonly source?: string;
  readonly vm?: string;
  readonly destination?: string;
  readonly withSnapshot: boolean;
  readonly writeTest: boolean;
  readonly output?: string;
  readonly force: boolean;
}

/** Something on the way stops a move; the report says what. */
class BadWayError extends GutsError {
  readonly code = 'doctor.bad';
  readonly remedy = 'Do what stands beside each of them, and look again.';

  constructor(bad: readonly DoctorStep[], leftBehind: readonly string[]) {
    const left = leftBehind.length === 0 ? '' : ` Left behind: ${leftBehind.join(' ')}`;
    const which = bad.map(({ group, about }) => `${group} of ${about}`).join('; ');
    super(`${bad.length} ${bad.length === 1 ? 'thing is' : 'things are'} bad: ${which}.${left}`);
  }
}

export function addDoctor(program: Command): void {
  const doctor = program
    .command('doctor')
    .description(
      'look at the way of a move from this machine: names, ports, certificates, clocks, rights, and how fast a real disk can be read',
    )
    .option('--source <source>', 'name or id (default: the only source)')
    .option('--vm <machine>', 'name, ref or UUID of the machine whose disk is read (default: one that is off)')
    .option('--destination <destination>', 'name or id (default: the only destination)')
    .option('--with-snapshot', 'allow a snapshot of a machine that runs; it is removed again', false)
    .option('--write-test', 'allow an upload of 64 MiB to the cloud; it is removed again', false)
    .option('-o, --output <file>', 'also write the report: .html or .json')
    .option('--force', 'replace a file that is there', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts doctor --source vc01 --vm web-01\n  $ guts doctor --write-test --output way.html',
    )
    .action(async (flags: Flags) => {
      const write = writerFor(flags.output);
      await using workplace = await Workplace.open(doctor);
      const report = await look(workplace, flags);
      if (flags.output !== undefined) await writeWhole(path.resolve(flags.output), write(report), flags.force);
      workplace.terminal.result(report, () => doctorText(report));
      const bad = report.steps.filter(({ verdict }) => verdict === 'bad');
      if (report.verdict === 'bad') throw new ToldError(toErrorInfo(new BadWayError(bad, report.leftBehind)));
    });
  addPapers(doctor);
}

function writerFor(output: string | undefined): (report: DoctorReport) => string {
  const ending = path.extname(output ?? 'report.json').toLowerCase();
  if (ending === '.json') return doctorJson;
  if (ending === '.html') return doctorHtml;
  throw new UsageError('The report is written as .html or .json.');
}

/** The steps are told as they are done. */
async function look(workplace: Workplace, flags: Flags): Promise<DoctorReport> {
  const { source, destination } = await sidesOf(workplace, flags);
  if (source !== undefined) await workplace.demandSecret('source', source);
  if (destination !== undefined) await workplace.demandSecret('destination', destination);
  const run = randomUUID();
  const listening = new AbortController();
  const { terminal } = workplace;
  void (async () => {
    for await (const { event } of workplace.client.events(undefined, listening.signal))
      if (event.kind === 'doctor.step' && event.run === run) terminal.note(stepLine(event.step));
  })().catch(() => {}); // the report has them all
  terminal.progressLine('looking …');
  const { vm, withSnapshot, writeTest } = flags;
  try {
    return await workplace.call('doctor.run', {
      run,
      ...(source === undefined ? {} : { source }),
      ...(destination === undefined ? {} : { destination }),
      ...(vm === undefined ? {} : { vm }),
      withSnapshot,
      writeTest,
    });
  } finally {
    listening.abort();
  }
}

/** Those that are named; the only ones where none is. */
async function sidesOf(
  workplace: Workplace,
  { source, destination, vm, withSnapshot, writeTest }: Flags,
): Promise<{ readonly source: string | undefined; readonly destination: string | undefined }> {
  const isAboutSource = destination === undefined || vm !== undefined || withSnapshot;
  const isAboutDestination = source === undefined || writeTest;
  const { sources } = await workplace.call('sources.list', {});
  const { destinations } = await workplace.call('destinations.list', {});
  const one = (all: readonly { readonly name: string }[], kind: 'source' | 'destination'): string | undefined =>
    all.length === 0 ? undefined : chosen(all, kind, undefined);
  return {
    source: source ?? (isAboutSource ? one(sources, 'source') : undefined),
    destination: destination ?? (isAboutDestination ? one(destinations, 'destination') : undefined),
  };
}
