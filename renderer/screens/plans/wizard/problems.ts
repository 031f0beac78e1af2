/** What is missing or wrong in a draft, step by step, with the field where it is put right. */
import { MigrationOptions } from '../../../../main/shared/migration.ts';
import { chooseFlavor, needOf } from '../../../../main/shared/proposals/flavor.ts';
import { bootDiskOf, sizeGiBOf } from '../../../../main/shared/proposals/disks.ts';
import type { CloudFacts } from '../../../../main/shared/cloud.ts';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import type { SourceWorld } from '../worlds.ts';
import { isAllMoved } from './AllMoved.tsx';
import { checkedOf, groupsOf, isAccepted, type useChecks } from './checks.ts';
import type { Draft, OwnOptions, StepName } from './draft.ts';
import type { NetworkLine, Picked } from './effective.ts';
import { fieldId, fieldLabel, isFieldName } from './field-names.ts';
import { badPairs } from './guard.ts';

export interface Problem {
  readonly step: StepName;
  /** Id of the element that takes the focus. */
  readonly field: string;
  readonly says: string;
  /** Nobody has come to it yet; nothing is wrong. */
  readonly isMissing: boolean;
}

export interface Looked {
  readonly draft: Draft;
  /** Names of other plans, in lower case. */
  readonly takenNames: ReadonlySet<string>;
  readonly world: SourceWorld | null;
  readonly facts: CloudFacts | null;
  readonly lines: readonly NetworkLine[];
  readonly picked: readonly Picked[];
  readonly checked: ReturnType<typeof useChecks.getState>['byRef'];
}

const MOST_LETTERS = 63;
const MOST_MINUTES = 7 * 24 * 60;
/** So many are told one by one. */
const MOST_TOLD = 5;

export function problemsOf(looked: Looked): Problem[] {
  return [
    ...ofMachines(looked),
    ...ofDestination(looked),
    ...ofMapping(looked),
    ...ofOptions(looked),
    ...ofCheck(looked),
  ];
}

function ofMachines({ draft, takenNames, world }: Looked): Problem[] {
  const at = (field: string, says: string, isMissing = false): Problem => ({
    step: 'machines',
    field,
    says,
    isMissing,
  });
  const name = draft.name.trim();
  const problems: Problem[] = [];
  if (name === '') problems.push(at('plan-name', t('wizard.nameMissing'), true));
  else if (name.length > MOST_LETTERS) problems.push(at('plan-name', t('wizard.nameLong')));
  else if (takenNames.has(name.toLowerCase())) problems.push(at('plan-name', t('wizard.nameTaken', { name })));
  if (draft.source === null) problems.push(at('plan-source', t('wizard.sourceMissing'), true));
  else if (draft.machines.length === 0) problems.push(at('plan-machines', t('wizard.machinesMissing'), true));
  const gone =
    world === null ? [] : draft.machines.filter(({ ref, migration }) => migration === null && !world.byRef.has(ref));
  for (const machine of gone.slice(0, MOST_TOLD))
    problems.push(at('plan-machines', t('wizard.machineGone', { name: machine.name })));
  return problems;
}

function ofDestination({ draft, facts }: Looked): Problem[] {
  if (draft.destination === null)
    return [{ step: 'destination', field: 'plan-destination', says: t('wizard.destinationMissing'), isMissing: true }];
  const { availabilityZone = null } = draft.options;
  if (facts === null || availabilityZone === null || facts.availabilityZones.includes(availabilityZone)) return [];
  const says = t('wizard.notInCloud', { what: fieldLabel('availabilityZone'), name: availabilityZone });
  return [{ step: 'destination', field: fieldId('availabilityZone'), says, isMissing: false }];
}

function ofMapping({ draft, facts, lines, picked }: Looked): Problem[] {
  if (facts === null || draft.machines.length === 0) return [];
  const problems: Problem[] = [];
  for (const { need, holds, network } of lines) {
    const field = networkFieldId(need.from);
    if (holds === null)
      problems.push({ step: 'mapping', field, says: t('wizard.networkMissing', { name: need.name }), isMissing: true });
    else if (network === null)
      problems.push({
        step: 'mapping',
        field,
        says: t('wizard.notInCloud', { what: t('wizard.network'), name: holds.to }),
        isMissing: false,
      });
    const bad = badPairs(holds ?? {});
    if (bad.length > 0)
      problems.push({
        step: 'mapping',
        field: portsFieldId(need.from),
        says: t('wizard.guard.badPairs', { pairs: bad.join(', ') }),
        isMissing: false,
      });
  }
  for (const { machine } of picked) {
    const bad = (machine.options.networks ?? []).flatMap(badPairs);
    if (bad.length === 0) continue;
    const says = t('wizard.guard.badPairsOf', { name: machine.name, pairs: bad.join(', ') });
    problems.push({ step: 'mapping', field: 'plan-mapped', says, isMissing: false });
  }
  const unfit = picked.filter((one) => one.machine.migration === null && !hasFlavor(one, facts));
  for (const { machine, options } of unfit.slice(0, MOST_TOLD)) {
    const says =
      options.flavor === null
        ? t('wizard.noFlavor', { name: machine.name })
        : t('wizard.flavorUnfit', { name: machine.name, flavor: options.flavor });
    problems.push({ step: 'mapping', field: 'plan-mapped', says, isMissing: false });
  }
  if (unfit.length > MOST_TOLD)
    problems.push({
      step: 'mapping',
      field: 'plan-mapped',
      says: t('wizard.noFlavorMore', { count: unfit.length - MOST_TOLD }),
      isMissing: false,
    });
  return problems;
}

function hasFlavor({ vm, options }: Picked, facts: CloudFacts): boolean {
  if (vm === null) return true;
  const disk = bootDiskOf(vm);
  return chooseFlavor(facts, needOf(vm, disk === undefined ? 0 : sizeGiBOf(disk), options.boot), options).found;
}

function ofOptions({ draft, picked }: Looked): Problem[] {
  const problems = badFields(draft.options).map((field): Problem => {
    const says = t('wizard.badValue', { what: isFieldName(field) ? fieldLabel(field) : field });
    return { step: stepOfField(field), field: isFieldName(field) ? fieldId(field) : '', says, isMissing: false };
  });
  for (const { machine } of picked)
    for (const field of badFields(machine.options)) {
      const what = isFieldName(field) ? fieldLabel(field) : field;
      const says = t('wizard.badValueOf', { what, name: machine.name });
      problems.push({ step: 'options', field: 'plan-overrides', says, isMissing: false });
    }
  problems.push(...ofWindow(draft));
  if (!Number.isInteger(draft.priority) || Math.abs(draft.priority) > 1000)
    problems.push({ step: 'options', field: 'plan-priority', says: t('wizard.badPriority'), isMissing: false });
  return problems;
}

const ofWindow = ({ window }: Draft): Problem[] =>
  windowProblems(window).map(({ field, says }) => ({ step: 'options', field, says, isMissing: false }));

/** What is wrong with a window that is being typed, by the field’s id. */
export function windowProblems(window: Draft['window']): Pick<Problem, 'field' | 'says'>[] {
  if (window === null) return [];
  const { opens, minutes, timeZone } = window;
  const wrong: readonly (readonly [isWrong: boolean, field: string, says: string])[] = [
    [/NaN| $/.test(opens), 'plan-window', t('wizard.windowMissing')],
    [!Number.isInteger(minutes) || minutes < 1 || minutes > MOST_MINUTES, 'plan-hours', t('wizard.badHours')],
    [!isTimeZone(timeZone), 'plan-zone', t('wizard.zoneUnknown')],
  ];
  return wrong.flatMap(([isWrong, field, says]) => (isWrong ? [{ field, says }] : []));
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Names of fields whose values no migration could have. */
export function badFields(options: OwnOptions): string[] {
  const { error } = MigrationOptions.partial().safeParse(options);
  return [...new Set((error?.issues ?? []).map(({ path }) => String(path[0] ?? '')))];
}

const MAPPED = ['networks', 'flavor', 'createFlavor', 'boot', 'volumeType', 'profile'];
const stepOfField = (field: string): StepName =>
  field === 'availabilityZone' ? 'destination' : MAPPED.includes(field) ? 'mapping' : 'options';

function ofCheck({ draft, picked, checked }: Looked): Problem[] {
  const toCheck = picked.filter(({ machine }) => machine.migration === null);
  if (toCheck.length === 0) return [];
  const at = (field: string, says: string, isMissing = false): Problem => ({ step: 'check', field, says, isMissing });
  const known = Object.keys(checked).length === 0 ? [] : toCheck.map((one) => checkedOf(checked, draft, one));
  const unchecked = toCheck.length - known.filter((one) => one !== null).length;
  const problems: Problem[] = [];
  if (unchecked > 0) problems.push(at('check-run', t('wizard.unchecked', { count: unchecked }), true));
  const failed = known.filter((one) => one !== null && one.error !== null).length;
  if (failed > 0) problems.push(at('check-failed', t('wizard.checksFailed', { count: failed })));
  if (known.length === 0) return problems;
  for (const { id, severity, says, machines } of groupsOf(draft, toCheck, checked)) {
    const values = { count: machines.length, says: shortened(says) };
    if (severity === 'blocks') problems.push(at(findingFieldId(id), t('wizard.vmsBlocked', values)));
    else if (severity === 'warns' && !isAccepted(draft.options.accept ?? 'all', id))
      problems.push(at(findingFieldId(id), t('wizard.vmsWarned', values)));
  }
  return problems;
}

const shortened = (says: string): string => says.replace(/[.:;,].*$/s, '');
export const portsFieldId = (from: string): string => `ports-${encodeURIComponent(from)}`;
export const networkFieldId = (from: string): string => `network-${encodeURIComponent(from)}`;
export const findingFieldId = (id: string): string => `finding-${id}`;

export type StepState = 'open' | 'ok' | 'nothing' | 'incomplete' | 'problems';

/** Whether something is said about a step: it was left once, its check has come to an end, or it has the machines that it asks for. */
export function isJudged(step: StepName, draft: Draft, problems: readonly Problem[]): boolean {
  if (draft.seen.includes(step)) return true;
  if (step === 'machines') return !problems.some((one) => one.step === step);
  const isWaiting = problems.some((one) => one.step === step && one.isMissing);
  return step === 'check' && draft.step === step && draft.machines.length > 0 && !isWaiting;
}

export function stepState(step: StepName, draft: Draft, problems: readonly Problem[]): StepState {
  const own = problems.filter((one) => one.step === step);
  if (!isJudged(step, draft, problems)) return 'open';
  if (own.some(({ isMissing }) => !isMissing)) return 'problems';
  if ((step === 'check' || step === 'review') && isAllMoved(draft)) return 'nothing';
  return own.length > 0 ? 'incomplete' : 'ok';
}

export function stepStateText(step: StepName, draft: Draft, problems: readonly Problem[]): string {
  const state = stepState(step, draft, problems);
  const count = problems.filter((one) => one.step === step).length;
  return state === 'problems'
    ? t('wizard.state.problems', { count, number: numberText(count) })
    : t(`wizard.state.${state}`);
}
