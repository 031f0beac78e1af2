/** What the manual says of the rules of preflight, as the rules themselves say it. */
import { localRules } from '../worker/preflight/local-rules.ts';
import { moveRules } from '../worker/preflight/move-rules.ts';
import { notLookedAt } from '../worker/preflight/not-looked-at.ts';
import { waveRules } from '../worker/preflight/wave-rules.ts';

/** @typedef {import('../worker/preflight/rule.ts').Rule<never>} Rule */

/** Of one kind of facts each; where two have a rule under one id, it is told under one heading.
 * @type {readonly { readonly title: string, readonly rules: readonly Rule[] }[]} */
const registries = [
  { title: 'Moves into a cloud', rules: moveRules },
  { title: 'Machines from files', rules: localRules },
  { title: 'Waves of a plan', rules: waveRules },
];

/** In the order of the chapters. @type {Readonly<Record<Rule['group'], string>>} */
const chapters = {
  source: 'The source',
  machine: 'The machine as a whole',
  disks: 'Disks',
  snapshots: 'Snapshots and change tracking',
  networks: 'Networks',
  guest: 'The guest',
  hardware: 'Firmware and devices',
  hyperv: 'Hyper-V',
  cloud: 'The cloud',
  plan: 'The plan',
  site: 'A site’s own',
};

export const BEGIN = '<!-- Written by “npm run manual”, from the rules themselves. -->';
export const END = '<!-- So far. -->';

/** The manual with the rules as they are now between its marks. @param {string} manual */
export function withCatalogue(manual) {
  const begin = manual.indexOf(BEGIN);
  const end = manual.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`The manual lacks “${BEGIN}” or “${END}”.`);
  return `${manual.slice(0, begin + BEGIN.length)}\n\n${catalogue()}\n\n${beyond()}\n\n${manual.slice(end)}`;
}

function beyond() {
  const lines = notLookedAt.map(({ what, why }) => `| ${what} | ${why} |`);
  return ['### What is not looked at', '', '| what | why |', '| --- | --- |', ...lines].join('\n');
}

function catalogue() {
  return Object.entries(chapters)
    .map(([group, title]) => [title, headingsOf(group)])
    .filter(([, headings]) => headings !== '')
    .map(([title, headings]) => `### ${title}\n\n${headings}`)
    .join('\n\n');
}

/** @param {string} group */
function headingsOf(group) {
  const told = registries.flatMap(({ title, rules }) => rules.map((rule) => ({ title, rule })));
  const ids = new Set(told.filter(({ rule }) => rule.group === group).map(({ rule }) => rule.id));
  return [...ids]
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((id) => {
      const same = told.filter(({ rule }) => rule.id === id);
      const parts = same.map(({ title, rule }) => partOf(rule, same.length > 1 ? title : null));
      return `#### ${id}\n\n${parts.join('\n\n')}`;
    })
    .join('\n\n');
}

/** @param {Rule} rule @param {string | null} title */
function partOf({ severity, says, manual, remedy, fix }, title) {
  const head = `**${title === null ? '' : `${title}: `}${severity}.** ${says}`;
  const byGuts = fix === undefined ? '' : ' Guts can help: `guts check` shows how, `--fix` does it.';
  return `${head}\n\n${manual}\n\n_What to do:_ ${remedy}${byGuts}`;
}
