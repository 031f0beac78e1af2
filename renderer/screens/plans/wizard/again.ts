/** A draft for a machine that is planned once more: with what was wished before, opened where that can be changed. */
import { defaultOptions, type MigrationOptions } from '../../../../main/shared/migration.ts';
import { t } from '../../../texts/t.ts';
import { freeName } from '../acts.ts';
import { newDraft, type Draft, type OwnOptions } from './draft.ts';
import type { Handed } from './handed.ts';

type HandedOne = Handed[number];
type HandedAgain = HandedOne & { readonly again: NonNullable<HandedOne['again']> };

/** The only machine that was handed over, where it is planned once more. */
export function againIn(handed: Handed): HandedAgain | null {
  const [only, ...others] = handed;
  return only?.again === undefined || others.length > 0 ? null : { ...only, again: only.again };
}

/** What is chosen for single machines, also where a plan has no other. */
const ofMachine: readonly (keyof MigrationOptions)[] = ['targetName', 'flavor', 'profile'];
/** So much of a machine's name leaves room for what makes the plan's name free. */
const MOST_LETTERS = 40;

/** @param source null where it is not there any more, as `destination` */
export function draftAgain(
  { ref, name, again }: HandedAgain,
  source: string | null,
  destination: string | null,
): Draft {
  const wished = ownOf(again.options);
  const isOfMachine = (field: string): boolean => ofMachine.some((one) => one === field);
  const { accept } = again.options;
  return {
    ...newDraft(freeName(t('wizard.againName', { name: name.slice(0, MOST_LETTERS) }), true), source, destination),
    options: { ...only(wished, (field) => !isOfMachine(field)), accept },
    machines: [{ ref, name, wave: 1, options: only(wished, isOfMachine), migration: null }],
    step: source === null ? 'machines' : destination === null ? 'destination' : 'mapping',
    seen: ['machines', 'destination'],
  };
}

/** What is not as it is where nobody says anything; warnings are accepted anew. */
export const ownOf = (options: MigrationOptions): OwnOptions =>
  only(
    options,
    (field) =>
      field !== 'accept' &&
      JSON.stringify(options[field as keyof MigrationOptions]) !==
        JSON.stringify(defaultOptions[field as keyof MigrationOptions]),
  );

const only = (options: OwnOptions, isWanted: (field: string) => boolean): OwnOptions =>
  Object.fromEntries(Object.entries(options).filter(([field]) => isWanted(field)));
