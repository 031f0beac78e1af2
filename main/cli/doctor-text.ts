/** What the path doctor saw, for a terminal: by group, with what to do about each thing that is not good. */
import { rateText, secondsText } from '../shared/figures.ts';
import { doctorGroups, type DoctorReport, type DoctorStep, type DoctorVerdict } from '../shared/doctor.ts';
import { table } from './table.ts';

const words: Readonly<Record<DoctorVerdict, string>> = {
  good: 'good',
  poor: 'poor',
  bad: 'BAD',
  notTried: 'not tried',
};

/** One step, as it is done. */
export const stepLine = ({ group, about, verdict, says }: DoctorStep): string =>
  `${words[verdict].padEnd(9)} ${group}: ${says.includes(about) ? says : `${about}: ${says}`}`;

export function doctorText(report: DoctorReport): string {
  const { steps, readings, chosen, machine, leftBehind } = report;
  const groups = doctorGroups.flatMap((group) => {
    const own = steps.filter((step) => step.group === group);
    return own.length === 0 ? [] : [`${group}\n${groupText(own)}`];
  });
  const read = readings.length === 0 ? [] : [readingsText(report)];
  const advice = steps.flatMap(({ about, verdict, remedy }) =>
    remedy !== null && verdict !== 'good' ? [`  ${words[verdict]}: ${about}\n    ${remedy}`] : [],
  );
  return [
    ...(machine === null ? [] : [`Machine: ${machine.name} (${machine.ref}). ${machine.why}\n`]),
    ...groups,
    ...read,
    ...(chosen === null ? [] : [`Way to take: ${chosen.reading}. ${chosen.why}\n`]),
    ...(advice.length === 0 ? [] : [`What to do:\n${advice.join('\n')}\n`]),
    ...(leftBehind.length === 0 ? [] : [`LEFT BEHIND:\n${leftBehind.map((one) => `  ${one}`).join('\n')}\n`]),
    `${verdictText(report)}\n`,
  ].join('\n');
}

const groupText = (steps: readonly DoctorStep[]): string =>
  table(
    steps,
    [
      { title: 'VERDICT', cell: ({ verdict }) => words[verdict], isWhole: true },
      { title: 'ABOUT', cell: ({ about }) => about, isLastCut: true },
      { title: 'SAYS', cell: ({ says }) => says },
      { title: 'MS', cell: ({ milliseconds }) => String(milliseconds), isNumber: true },
    ],
    '',
  );

const readingsText = ({ readings }: DoctorReport): string =>
  table(
    readings,
    [
      { title: 'WAY', cell: ({ reading }) => reading, isWhole: true },
      { title: 'VERDICT', cell: ({ verdict }) => words[verdict], isWhole: true },
      {
        title: 'RATE',
        cell: ({ bytesPerSecond }) => (bytesPerSecond === null ? '–' : rateText(bytesPerSecond / 1e6)),
        isNumber: true,
      },
      {
        title: 'WHOLE MACHINE',
        cell: ({ wholeSeconds }) => (wholeSeconds === null ? '–' : secondsText(wholeSeconds)),
        isNumber: true,
      },
      { title: 'SAYS', cell: ({ says }) => says },
    ],
    '',
  );

/** The last line. */
export function verdictText({ steps, verdict }: Pick<DoctorReport, 'steps' | 'verdict'>): string {
  const count = (of: DoctorVerdict): number => steps.filter((step) => step.verdict === of).length;
  const counts = `${count('good')} good, ${count('poor')} poor, ${count('bad')} bad, ${count('notTried')} not tried`;
  const says: Readonly<Record<DoctorVerdict, string>> = {
    good: 'The way is good',
    poor: 'The way can be gone, and some of it is poor',
    bad: 'The way is BAD as it is',
    notTried: 'Nothing could be tried',
  };
  return `${says[verdict]}: ${counts}.`;
}
