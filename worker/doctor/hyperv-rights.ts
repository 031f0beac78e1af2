/** In which groups of a Hyper-V host the account is, and what each of them lets it do. */
import type { HypervSignIn } from '../../main/shared/connections.ts';
import { RightsAnswer } from '../sources/hyperv/answers.ts';
import type { HypervHosts } from '../sources/hyperv/hosts.ts';
import type { SourceLook } from './look.ts';
import type { Seen, Steps } from './steps.ts';

/** By their ids, which are the same in every language: one of `enough` lets the account do it. */
export const hypervNeeds = [
  {
    id: 'winrm',
    what: 'signing in to WinRM',
    enough: ['S-1-5-32-544', 'S-1-5-32-580'],
    group: 'Remote Management Users',
    sid: 'S-1-5-32-580',
  },
  {
    id: 'hyperv',
    what: 'seeing machines, stopping and starting them, taking and removing checkpoints',
    enough: ['S-1-5-32-544', 'S-1-5-32-578'],
    group: 'Hyper-V Administrators',
    sid: 'S-1-5-32-578',
  },
  {
    id: 'shares',
    what: 'reading disks from admin shares (D$)',
    enough: ['S-1-5-32-544'],
    group: 'Administrators',
    sid: 'S-1-5-32-544',
  },
] as const;

const groupNames: Readonly<Record<string, string>> = {
  'S-1-5-32-544': 'Administrators',
  'S-1-5-32-578': 'Hyper-V Administrators',
  'S-1-5-32-580': 'Remote Management Users',
};

export async function lookAtGroups(hosts: HypervHosts, signIn: HypervSignIn, look: SourceLook): Promise<void> {
  const { steps, signal } = look;
  let answers: readonly RightsAnswer[];
  try {
    answers = await hosts.askAll('rights', {}, RightsAnswer, signal);
  } catch (error) {
    const seen = steps.failed(error, 'notTried');
    steps.add('rights', 'groups of the account', { ...seen, says: `The host does not tell them: ${seen.says}` });
    return;
  }
  for (const [at, answer] of answers.entries())
    tell(steps, signIn, answer, answers.length > 1 ? ` on node ${at + 1}` : '');
}

function tell(steps: Steps, { connection }: HypervSignIn, { user, groups }: RightsAnswer, where: string): void {
  const known = groups.flatMap((sid) => groupNames[sid] ?? []);
  const has = known.length === 0 ? 'none of the groups that matter' : known.join(', ');
  for (const need of hypervNeeds) {
    const isEnough = need.enough.some((sid) => groups.includes(sid));
    steps.add('rights', `${need.group}${where}: ${need.what}`, seenOf(need, isEnough));
  }

  function seenOf(need: (typeof hypervNeeds)[number], isEnough: boolean): Seen {
    const evidence = [user, has];
    if (isEnough)
      return { verdict: 'good', says: `${sentence(need.what)} is allowed: the account is in ${has}.`, evidence };
    if (need.id === 'shares' && connection.disks.places.length > 0)
      return {
        verdict: 'good',
        says: 'Admin shares are not allowed, and not needed where a place of the source has the disks.',
        evidence,
      };
    return {
      verdict: need.id === 'winrm' ? 'poor' : 'bad', // it has signed in, by whatever right
      says: `${sentence(need.what)} takes ${need.group}, and the account is in ${has}.`,
      remedy:
        need.id === 'shares'
          ? 'Add the account to Administrators of the host, or share the folder of the disks with it for reading, and name that as a place of the source (--disk-place).'
          : `Add the account to ${need.group} of the host (the commands can be written: “guts doctor papers”).`,
      evidence,
    };
  }
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
