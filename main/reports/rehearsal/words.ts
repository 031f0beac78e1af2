/** How a rehearsal is called in its reports: its verdict, its title, its large figures. */
import { bytesText, rateText, secondsText } from '../../shared/figures.ts';
import { isCounted, stoppedMachines, type Rehearsal } from '../../shared/rehearsal.ts';
import { momentText } from '../tables.ts';

export const verdictWords = { go: 'Go', goWithCare: 'Go with care', noGo: 'No go' } as const;

export const titleOf = ({ plan, wave }: Pick<Rehearsal, 'plan' | 'wave'>): string =>
  wave === null ? `Plan “${plan.name}”` : `Plan “${plan.name}”, wave ${wave}`;

export function verdictSays({ verdict, findings, isOffline }: Rehearsal): string {
  const stops = findings.filter(({ severity }) => severity === 'blocks').length;
  const warnings = findings.filter(({ severity }) => severity === 'warns').length;
  const says = {
    go: 'Nothing that could be looked at speaks against it.',
    goWithCare: `Nothing stops it; ${warnings === 1 ? 'one warning wants' : `${warnings} warnings want`} a look before.`,
    noGo: `${stops === 1 ? 'One thing stops' : `${stops} things stop`} it.`,
  }[verdict];
  return isOffline ? `${says} The source was not asked: machines are as the inventory has them.` : says;
}

export const routeOf = ({ source, destination, project, takenAt }: Rehearsal): string =>
  `${source} → ${destination}, project “${project.name}”, as of ${momentText(takenAt)}`;

/** Name, value, a few words more. */
export function figuresOf(rehearsal: Rehearsal): (readonly [name: string, value: string, more: string])[] {
  const { machines, times, quota } = rehearsal;
  const { seconds, bytesPerSecond, from, atOnce, window } = times;
  const besides = (is: Rehearsal['machines'][number]['state'], where: string): string => {
    const count = machines.filter(({ state }) => state === is).length;
    return count === 0 ? '' : `, ${count} ${where}`;
  };
  const [there, elsewhere] = [besides('moved', 'there already'), besides('elsewhere', 'at another Guts')];
  const stopped = stoppedMachines(rehearsal).length;
  const short = quota.filter(({ over }) => over > 0).length;
  const pace = `${rateText((bytesPerSecond ?? 0) / 1e6)} each, ${from ?? ''}, ${atOnce} at once`;
  return [
    ['Machines', String(machines.filter(isCounted).length), `${stopped} stopped${there}${elsewhere}`],
    ['Disks', bytesText(times.bytes), 'as the guests see them'],
    ['Quotas', short === 0 ? 'fit' : `${short} too small`, `of ${quota.length} looked at`],
    [
      'Takes',
      seconds === null ? 'unknown' : secondsText(seconds),
      seconds === null ? 'nothing was measured yet' : pace,
    ],
    ['Window', window === null ? 'none' : secondsText(window.seconds), windowText(rehearsal)],
  ];
}

function windowText({ takenAt, times: { window } }: Rehearsal): string {
  if (window === null) return 'it may start at any time';
  const { opensAt, closesAt } = window;
  if (opensAt === null || closesAt === null) return 'never opens again';
  const isOpen = Date.parse(opensAt) - Date.parse(takenAt) < SOON_MS;
  return isOpen ? `open now, until ${momentText(closesAt)}` : `opens ${momentText(opensAt)}`;
}

/** Looking takes a moment. */
const SOON_MS = 60_000;
