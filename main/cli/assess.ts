/** `guts assess`: what a data centre would become in a cloud, judged from an exported file without any set-up, or from a source. */
import { rename, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { version } from '../../package.json';
import { assessmentAs, NoComparisonInCsvError } from '../reports/assessment/formats.ts';
import type { EstateOrigin } from '../shared/assess-jobs.ts';
import {
  defaultAssessmentOptions,
  type Assessment,
  type AssessmentCloud,
  type AssessmentOptions,
  type AssessmentRate,
} from '../shared/assessment.ts';
import { compareAssessments, type Comparison } from '../shared/compare-assessments.ts';
import { measuredOf, measuredRate } from '../shared/proposals/forecast.ts';
import { reportFormats, type ReportFormat } from '../shared/report-formats.ts';
import { demandFreePlaces } from './assess-places.ts';
import { assessmentText } from './assessment-text.ts';
import { wholeNumber } from './migration-flags.ts';
import { repeated } from './repeated.ts';
import { reportFormatOf } from './report-format.ts';
import { rulesHere } from './rules-here.ts';
import { perform, wantsJson } from './run.ts';
import { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';
import { writeWhole } from './write-whole.ts';

interface Flags {
  readonly source?: string;
  readonly destination?: string;
  readonly rate?: number;
  readonly atOnce?: number;
  readonly growth: number;
  readonly boot: AssessmentOptions['boot'];
  readonly volumeType: Readonly<Record<string, string>>;
  readonly name?: readonly string[];
  readonly folder?: readonly string[];
  readonly cluster?: readonly string[];
  readonly poweredOff: boolean;
  readonly templates: boolean;
  readonly waveSize: number;
  /** Hours; 0 is no limit. */
  readonly window: number;
  readonly format?: ReportFormat;
  readonly output?: string;
  readonly force: boolean;
  readonly compare?: string;
  readonly rules?: string;
  readonly anonymise: boolean;
}

export function addAssess(program: Command): void {
  const command = program
    .command('assess')
    .description(
      'judge what an exported data centre, or a source, would become in OpenStack; nothing is sent anywhere, and no set-up is needed',
    )
    .argument('[file...]', 'the files of one export, such as an RVTools workbook (.xlsx)')
    .option('--source <source>', 'judge the live inventory of this source instead of a file')
    .option(
      '--destination <destination>',
      'hold it against the flavors, quotas, networks and volume types of this cloud',
    )
    .option('--rate <MBps>', 'megabytes that are copied of one machine in a second', megabytes)
    .option('--at-once <n>', 'machines that are copied side by side (default: 4)', wholeNumber(1, 1000))
    .option('--growth <percent>', 'plan disks so much larger', wholeNumber(0, 1000), 0)
    .addOption(new Option('--boot <from>', 'what servers boot from').choices(['volume', 'image']).default('volume'))
    .option('--volume-type <datastore=type>', 'the volume type for a datastore (may be repeated)', volumeType, {})
    .option(
      '--name <pattern>',
      'only machines with such a name; * is any text, ? any letter (may be repeated, as may the next two)',
      repeated,
    )
    .option('--folder <pattern>', 'only machines in such a folder', repeated)
    .option('--cluster <pattern>', 'only machines of such a cluster', repeated)
    .option('--no-powered-off', 'leave out machines that are off')
    .option('--templates', 'judge templates, too', false)
    .option('--wave-size <n>', 'machines in one wave at most', wholeNumber(1, 10_000), 50)
    .option('--window <hours>', 'hours that one wave may take; 0 is no limit', hours, 8)
    .addOption(
      new Option('--format <format>', 'of the report (default: by the ending of the file, else html)').choices([
        ...reportFormats,
      ]),
    )
    .option(
      '-o, --output <file>',
      'the report to write (default: guts-assessment-FILE.html in this folder; -anonymous behind FILE without names)',
    )
    .option('--force', 'replace a report that is there', false)
    .option('--compare <file>', 'an export before this one: tell what has changed since')
    .option('--rules <file>', 'a site’s own rules that count instead of those in the data folder (preflight.yaml)')
    .option(
      '--anonymise',
      'replace names, addresses and notes, write the export so as JSON beside the report, and judge that',
      false,
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts assess rvtools.xlsx\n  $ guts assess rvtools.xlsx --destination prod --rate 80 --at-once 8 --output site.pdf' +
        '\n  $ guts assess march.xlsx --compare january.xlsx\n  $ guts assess --source vc1 --format xlsx\n  $ guts assess rvtools.xlsx --anonymise',
    )
    .action(async (files: readonly string[], flags: Flags) => {
      demandOne(files, flags);
      const isJson = wantsJson(command);
      const terminal = new Terminal(isJson);
      if (flags.source === undefined && flags.destination === undefined) {
        const rate = rateOf(flags, null);
        await assess({ terminal, isJson, flags, of: filesOf(files), cloud: null, rate, base: baseOf(files) });
        return;
      }
      await using workplace = await Workplace.open(command);
      const of = flags.source === undefined ? filesOf(files) : await inventoryOf(workplace, flags.source);
      const cloud = flags.destination === undefined ? null : await cloudOf(workplace, flags.destination);
      const rate = rateOf(flags, await rateBefore(workplace));
      await assess({ terminal, isJson, flags, of, cloud, rate, base: flags.source ?? baseOf(files) });
    });
}

function demandOne(files: readonly string[], { source, compare, anonymise, ...place }: Flags): void {
  if (files.length > 0 === (source !== undefined))
    throw new UsageError('Name the files of an export, or a source by --source.');
  if (compare !== undefined && source !== undefined)
    throw new UsageError('--compare takes two exports: name the newer one as FILE.');
  if (compare !== undefined && anonymise) throw new UsageError('What has no names any more cannot be compared.');
  if (reportFormatOf(place) === 'csv' && compare !== undefined) throw new NoComparisonInCsvError();
}

interface Wish {
  readonly terminal: Terminal;
  readonly isJson: boolean;
  readonly flags: Flags;
  readonly of: EstateOrigin;
  readonly cloud: AssessmentCloud | null;
  readonly rate: AssessmentRate;
  /** What files are called after. */
  readonly base: string;
}

/** An old heap grows by so much before it is looked through: V8 would let it grow to twice what is alive. */
const HEAP_GROWS_PERCENT = 30;

async function assess({ terminal, isJson, flags, of, cloud, rate, base }: Wish): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWS_PERCENT}`); // for all threads: a large export is much at once
  const format = reportFormatOf(flags);
  const nameless = flags.anonymise ? '-anonymous' : '';
  const place = path.resolve(flags.output ?? `guts-assessment-${base}${nameless}.${format}`);
  /** Whoever asks for JSON gets that, and a file only where one is named. */
  const report = isJson && flags.output === undefined ? null : place;
  const estate = flags.anonymise ? path.join(path.dirname(place), `guts-estate-${base}-anonymous.json`) : null;
  const inputs = ['files' in of ? of.files : [], flags.compare ?? [], flags.rules ?? []].flat();
  await demandFreePlaces(
    inputs,
    [report, estate].filter((one) => one !== null),
    flags.force,
  );
  /** One that is there is replaced only by one that is whole. */
  const fresh = estate !== null && flags.force ? `${estate}.${process.pid}.new` : estate;
  const options = optionsOf(flags, rate);
  const site = await rulesHere(flags.rules, terminal);
  const judged = async (origin: EstateOrigin, anonymiseTo: string | null, mayBeNone: boolean): Promise<Assessment> => {
    const wish = { cloud, options, site, version, anonymiseTo, keepAt: null, mayBeNone };
    const job = { kind: 'assess', of: origin, ...wish } as const;
    const { summary, machines } = await perform(terminal, job);
    return { ...summary, machines };
  };
  const before =
    flags.compare === undefined ? null : await judged({ files: [path.resolve(flags.compare)] }, null, true);
  const assessment = await judged(of, fresh, false).catch(async (error: unknown) => {
    if (fresh !== null && fresh !== estate) await rm(fresh, { force: true });
    throw error;
  });
  if (fresh !== null && estate !== null && fresh !== estate) await rename(fresh, estate);
  const comparison: Comparison | null = before === null ? null : compareAssessments(before, assessment);
  if (report !== null) await writeWhole(report, await assessmentAs(assessment, format, comparison), flags.force);
  const { machines: _, ...summary } = assessment;
  terminal.result({ file: report, format, anonymised: estate, ...summary, comparison }, () =>
    assessmentText({ assessment, comparison, report, estate }),
  );
}

const filesOf = (files: readonly string[]): EstateOrigin => ({ files: files.map((file) => path.resolve(file)) });

/** Of the first file, without what no file system takes. */
const baseOf = ([file = '']: readonly string[]): string =>
  path.basename(file, path.extname(file)).replaceAll(/[^\p{L}\p{N}._-]+/gu, '-') || 'export';

/** As it was last read, or read now. */
async function inventoryOf(workplace: Workplace, source: string): Promise<EstateOrigin> {
  const { source: connection } = await workplace.call('sources.show', { source });
  const rows = await workplace.rows('resources.list', { source: connection.id });
  const { about } = connection;
  return {
    inventory: {
      source: connection.name,
      product: about === null ? null : `${about.product} ${about.version}`,
      takenAt: rows[0]?.takenAt ?? new Date().toISOString(),
      lines: rows.map(({ type, ...thing }) => JSON.stringify({ [type]: thing })),
    },
  };
}

async function cloudOf(workplace: Workplace, nameOrId: string): Promise<AssessmentCloud> {
  const { destination } = await workplace.call('destinations.show', { destination: nameOrId });
  await workplace.demandSecret('destination', destination.id);
  const { facts } = await workplace.call('destinations.facts', { destination: destination.id, refresh: true });
  return { name: destination.name, facts };
}

/** By the migrations that are done; null where there is none. */
async function rateBefore(workplace: Workplace): Promise<number | null> {
  const migrations = await workplace.rows('migrations.list', {});
  return measuredRate(migrations.flatMap((one) => measuredOf(one) ?? []));
}

function rateOf({ rate, atOnce }: Flags, measured: number | null): AssessmentRate {
  const usual = defaultAssessmentOptions.rate;
  const many = atOnce ?? usual.atOnce;
  if (rate !== undefined) return { bytesPerSecond: rate * 1e6, atOnce: many, basis: 'given' };
  if (measured !== null) return { bytesPerSecond: measured, atOnce: many, basis: 'measured' };
  return { ...usual, atOnce: many };
}

function optionsOf(flags: Flags, rate: AssessmentRate): AssessmentOptions {
  return {
    rate,
    growthPercent: flags.growth,
    boot: flags.boot,
    volumeTypes: { ...flags.volumeType },
    machines: {
      name: oneOrAll(flags.name),
      folder: oneOrAll(flags.folder),
      cluster: oneOrAll(flags.cluster),
      withPoweredOff: flags.poweredOff,
      withTemplates: flags.templates,
    },
    waves: {
      mostMachines: flags.waveSize,
      windowHours: flags.window === 0 ? null : flags.window,
      pilotMachines: defaultAssessmentOptions.waves.pilotMachines,
    },
  };
}

function oneOrAll([first, ...others]: readonly string[] = []): string | string[] | null {
  if (first === undefined) return null;
  return others.length === 0 ? first : [first, ...others];
}

function megabytes(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1e6)) throw new InvalidArgumentError('Give megabytes in a second, more than 0.');
  return value;
}

/** Commander takes a null for a flag without a value, so that 0 stays 0 here. */
function hours(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 168)) throw new InvalidArgumentError('Give hours from 0 to 168.');
  return value;
}

function volumeType(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.lastIndexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('Give DATASTORE=TYPE.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
