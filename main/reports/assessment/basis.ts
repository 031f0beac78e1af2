/** What an assessment is based on: from what it was judged, for what, and with which wishes. */
import { remedyText } from '../../shared/remedy.ts';
import type { Assessment } from '../../shared/assessment.ts';
import { countText, leftOutText, numberText, originText, rateWords, siteText } from './words.ts';

export function basisLines(assessment: Assessment): (readonly [name: string, value: string])[] {
  const { options, profiles, cloud, estate } = assessment;
  const site = siteText(assessment);
  return [
    ['Origin', originText(assessment)],
    [
      'Machines in it',
      `${numberText(estate.machines)}${estate.hosts === 0 ? '' : ` on ${countText(estate.hosts, 'host')}`}. ${leftOutText(assessment)}`.trim(),
    ],
    ['Cloud', cloud === null ? 'none was asked' : `${cloud.name}, project ${cloud.project}`],
    ['Time', `copying ${remedyText(rateWords(assessment))}`],
    ...(site === '' ? [] : [['Rules', `as this site has them: ${site}`] as const]),
    ['Growth', options.growthPercent === 0 ? 'disks as they are' : `disks ${options.growthPercent} % larger`],
    ['Boot', options.boot === 'volume' ? 'from volumes' : 'from the flavors’ own disks'],
    ['Hardware', `${numberText(profiles.virtio)} virtio, ${numberText(profiles.compatible)} compatible`],
  ];
}
