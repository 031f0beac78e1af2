/** An assessment of no machine at all: told as a mistake in what was asked for, with what there is that is called alike. */
import type { AssessmentOptions } from '../../main/shared/assessment.ts';
import { GutsError } from '../../main/shared/errors.ts';
import type { Estate } from '../../main/shared/estate.ts';
import { things } from '../../main/shared/figures.ts';
import { matcher } from '../../main/shared/glob.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { nearestName } from '../../main/shared/nearest-name.ts';
import { patternsIn, wantedOf } from './wanted.ts';

type Wanted = AssessmentOptions['machines'];

/** Names that an error has. */
const MOST_NAMED = 5;
/** Shorter parts of a pattern are in too many names. */
const LEAST_LETTERS = 2;

export class NothingChosenError extends GutsError {
  readonly code = 'assess.nothing-chosen';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** What machines are chosen by: how many fit, in words, and what is looked at. */
const filters = {
  name: { one: 'has a name like', many: 'have a name like', names: 'Names', of: ({ name }: InventoryVm) => name },
  folder: {
    one: 'is in a folder like',
    many: 'are in a folder like',
    names: 'Folders',
    of: ({ folder }: InventoryVm) => folder,
  },
  cluster: {
    one: 'is of a cluster like',
    many: 'are of a cluster like',
    names: 'Clusters',
    of: ({ cluster }: InventoryVm) => cluster ?? '',
  },
} as const;

/** @throws NothingChosenError where there are machines, and none is to be judged, or none fits a pattern */
export function demandSome({ vms, from }: Pick<Estate, 'vms' | 'from'>, wanted: Wanted): void {
  if (vms.length === 0) return;
  const { vms: chosen, leftOut } = wantedOf(vms, wanted);
  const asked = askedFor(vms, wanted);
  const fruitless = asked.filter(({ count }) => count === 0);
  if (chosen.length > 0 && fruitless.length === 0) return;
  const none = `None of ${things(vms.length, 'machine')} in “${from.slice(0, MOST_NAMED).join('”, “')}”`;
  if (fruitless.length > 0) throw noneFits(fruitless, vms, none);
  if (leftOut.byFilter === vms.length)
    throw new NothingChosenError(
      `${none} fits all that was asked for: ${asked.map(({ count, one, many, pattern }) => `${count} ${count === 1 ? one : many} “${pattern}”`).join(', ')}.`,
      'Ask for less at once: leave one of these out.',
    );
  const [templates, off] = [leftOut.templates > 0, leftOut.poweredOff > 0];
  const left = [
    ...(templates ? [things(leftOut.templates, 'template')] : []),
    ...(leftOut.placeholders > 0 ? [`${things(leftOut.placeholders, 'placeholder')} of Site Recovery Manager`] : []),
    ...(off ? [`${things(leftOut.poweredOff, 'machine')} that ${leftOut.poweredOff === 1 ? 'is' : 'are'} off`] : []),
  ];
  throw new NothingChosenError(
    `${none} is left to judge: what was asked for is ${left.join(' and ')}.`,
    templates && off
      ? 'Have templates judged (--templates), or machines that are off (without --no-powered-off).'
      : templates
        ? 'Have templates judged (--templates), or choose others.'
        : off
          ? 'Have machines judged that are off (without --no-powered-off), or choose others.'
          : 'Placeholders stand for machines of another site: give an export of the site where those are.',
  );
}

interface Asked {
  readonly pattern: string;
  readonly names: string;
  readonly of: (vm: InventoryVm) => string;
  readonly one: string;
  readonly many: string;
  /** Machines that it fits. */
  readonly count: number;
}

const askedFor = (vms: readonly InventoryVm[], wanted: Wanted): Asked[] =>
  (['name', 'folder', 'cluster'] as const).flatMap((by) =>
    (patternsIn(wanted[by]) ?? []).map((pattern) => {
      const fits = matcher(pattern);
      return { ...filters[by], pattern, count: vms.filter((vm) => fits(filters[by].of(vm))).length };
    }),
  );

const noneFits = (fruitless: readonly Asked[], vms: readonly InventoryVm[], none: string): NothingChosenError =>
  new NothingChosenError(
    `${none} ${fruitless.map(({ one, pattern }) => `${one} “${pattern}”`).join(', and none ')}.`,
    `${fruitless.map((filter) => alikeText(filter, vms)).join(' ')} A pattern is for all of a name: * is any text, ? any letter, as in “*${exampleOf(fruitless, vms)}*”.`,
  );

/** What was asked for, where a star before and behind it would have found something. */
function exampleOf(fruitless: readonly Asked[], vms: readonly InventoryVm[]): string {
  const bare = fruitless.map(({ pattern, of }) => ({ text: pattern.replaceAll(/^\*+|\*+$/g, ''), of }));
  const found = bare.find(({ text, of }) => {
    const fits = matcher(`*${text}*`);
    return text !== '' && vms.some((vm) => fits(of(vm)));
  });
  return found?.text ?? 'web';
}

/** What has a part of the pattern in it, else what is written nearly so, else the first that there are. */
function alikeText({ pattern, names, of }: Asked, vms: readonly InventoryVm[]): string {
  const there = [...new Set(vms.map(of))].filter((one) => one !== '').sort((a, b) => a.localeCompare(b));
  if (there.length === 0) return `${names} are not told at all.`;
  const parts = pattern
    .toLowerCase()
    .split(/[*?/]/)
    .filter((part) => part.length >= LEAST_LETTERS);
  const within = there.filter((one) => parts.some((part) => one.toLowerCase().includes(part)));
  const near = within.length > 0 ? within : nearOnes(parts, there);
  const shown = near.length > 0 ? near : there;
  const more = shown.length - MOST_NAMED;
  return `${names}${near.length > 0 ? ' alike' : ' that there are'}: “${shown.slice(0, MOST_NAMED).join('”, “')}”${more > 0 ? ` and ${more} more` : ''}.`;
}

/** By any word of theirs, since a pattern is often for one of them. */
function nearOnes(parts: readonly string[], there: readonly string[]): readonly string[] {
  const byWord = new Map<string, string[]>();
  for (const one of there)
    for (const word of new Set([one.toLowerCase(), ...one.toLowerCase().split(/[^\p{L}\p{N}]+/u)])) {
      if (word === '') continue;
      const before = byWord.get(word);
      if (before === undefined) byWord.set(word, [one]);
      else before.push(one);
    }
  const words = [...byWord.keys()];
  return [
    ...new Set(
      parts
        .flatMap((part) => [part, ...part.split(/[^\p{L}\p{N}]+/u)])
        .filter((part) => part.length > LEAST_LETTERS)
        .flatMap((part) => byWord.get(nearestName(part, words) ?? '') ?? []),
    ),
  ];
}
