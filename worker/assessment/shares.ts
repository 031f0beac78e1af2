/** What becomes of all machines of an origin, each counted once: those that move, and those that do not, by why. */
import type { AssessedMachine, AssessedRule, AssessedShare, AssessmentSummary } from '../../main/shared/assessment.ts';
import type { EstateGap } from '../../main/shared/estate.ts';

interface Judged {
  readonly machines: readonly AssessedMachine[];
  readonly rules: readonly AssessedRule[];
  readonly gaps: readonly Pick<EstateGap, 'says'>[];
  readonly leftOut: AssessmentSummary['leftOut'];
  /** Whether a gap leaves a machine unknown; else, whether it is a condition of its being ready. */
  readonly isOpen: (place: number, isUnknown: boolean) => boolean;
}

/** In the order of their readiness, the most frequent reason first. */
export function sharesOf({ machines, rules, gaps, leftOut, isOpen }: Judged): AssessedShare[] {
  const ruleOf = new Map(rules.map((rule) => [rule.id, rule]));
  const shares = new Map<string, AssessedShare>();
  for (const machine of machines) {
    const place = placeOf(machine, ruleOf, (isUnknown) =>
      machine.gaps.filter((place) => isOpen(place, isUnknown)).flatMap((place) => gaps[place]?.says ?? []),
    );
    const key = `${place.of} ${place.rule ?? place.why}`;
    const share = shares.get(key) ?? { ...place, machines: 0, diskGiB: 0, copyBytes: 0 };
    share.machines += 1;
    share.diskGiB = (share.diskGiB ?? 0) + machine.diskGiB;
    share.copyBytes = (share.copyBytes ?? 0) + machine.copyBytes;
    shares.set(key, share);
  }
  const rank = {
    ready: 0,
    conditional: 1,
    notReady: 2,
    unknown: 3,
    template: 4,
    placeholder: 5,
    poweredOff: 6,
    notAskedFor: 7,
  };
  return [
    ...[...shares.values()].sort((a, b) => rank[a.of] - rank[b.of] || b.machines - a.machines),
    ...notJudged('template', leftOut.templates, 'Templates are left out unless they are asked for.'),
    ...notJudged(
      'placeholder',
      leftOut.placeholders ?? 0,
      'Site Recovery Manager keeps them in place of machines of another site, where those are moved from.',
    ),
    ...notJudged('poweredOff', leftOut.poweredOff, 'Machines that are off were to be left out.'),
    ...notJudged('notAskedFor', leftOut.byFilter, 'They are none of those that were asked for.'),
  ];
}

/** Where several rules block, the first of them, which is the weightiest. */
function placeOf(
  machine: AssessedMachine,
  ruleOf: ReadonlyMap<string, AssessedRule>,
  silence: (isUnknown: boolean) => readonly string[],
): Pick<AssessedShare, 'of' | 'rule' | 'why' | 'isUntold'> {
  const { readiness: of, findings } = machine;
  switch (of) {
    case 'ready':
      return { of, rule: null, why: 'No rule blocks or warns.' };
    case 'conditional':
      return findings.some(({ id }) => ruleOf.get(id)?.severity === 'warns')
        ? { of, rule: null, why: 'Rules warn of what wants a look before.' }
        : {
            of,
            rule: null,
            why: `No rule warns, but somebody has to look: ${silence(false).join(' ')}`,
            isUntold: true,
          };
    case 'notReady': {
      const rule = findings.flatMap(({ id }) => ruleOf.get(id) ?? []).find(({ severity }) => severity === 'blocks');
      return { of, rule: rule?.id ?? null, why: rule?.says ?? '' };
    }
    case 'unknown':
      return { of, rule: null, why: silence(true)[0] ?? 'Something that could stop it is not told.' };
  }
}

const notJudged = (of: AssessedShare['of'], machines: number, why: string): AssessedShare[] =>
  machines === 0 ? [] : [{ of, rule: null, why, machines, diskGiB: null, copyBytes: null }];
