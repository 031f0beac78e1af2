/** Sums up what all machines of a wave would make, and says whether it can go. Decides by what it is given; asks nobody. */
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { TidyResult } from '../../main/shared/move-jobs.ts';
import type { Checked } from '../../main/shared/preflight.ts';
import { noSiteRules } from '../../main/shared/site-rules.ts';
import type { Rehearsal, RehearsedMachine } from '../../main/shared/rehearsal.ts';
import type { RehearseJob } from '../../main/shared/rehearse-job.ts';
import { requestFor } from '../../main/shared/rehearsal-request.ts';
import { check } from '../preflight/check.ts';
import type { WaveFacts } from '../preflight/wave-facts.ts';
import { weighedBy } from '../preflight/site/with-site.ts';
import { besideWaves, waveRules } from '../preflight/wave-rules.ts';
import { subnetLines } from './addresses.ts';
import { demandOf, type Demand, type Looked } from './demand.ts';
import { flavorLines, fullGroups, quotaLines, tooLarge } from './quota.ts';
import { storageLines } from './storage.ts';
import { timesOf } from './times.ts';
import { twinsOf } from './twins.ts';

type Asked = Pick<
  RehearseJob,
  'takenAt' | 'plan' | 'wave' | 'sourceName' | 'window' | 'notBefore' | 'pace' | 'torn' | 'site'
> & { readonly destination: { readonly connection: { readonly name: string } }; readonly source: unknown };

export function rehearsalOf(
  asked: Asked,
  all: readonly Looked[],
  cloud: CloudFacts,
  leftovers: TidyResult['leftovers'],
): Rehearsal {
  const demands = all.flatMap((looked) => demandOf(looked, cloud) ?? []);
  const demandFor = new Map(demands.map((demand) => [demand.looked, demand]));
  const own = all.filter(({ machine }) => !machine.isEarlier);
  const found = {
    quota: quotaLines(demands, cloud),
    flavors: flavorLines(demands),
    subnets: subnetLines(demands, cloud),
    storage: storageLines(demands, cloud),
    twins: twinsOf(demands, cloud),
    times: timesOf(demands, asked),
    torn: asked.torn,
    leftovers: leftovers
      .filter(({ state }) => state === 'found')
      .map(({ item, migration }) => ({ kind: item.kind, name: item.name, id: item.id, migration })),
    machines: own.map((looked) => rehearsed(looked, demandFor.get(looked))),
  };
  const facts: WaveFacts = {
    ...found,
    takenAt: asked.takenAt,
    unaccepted: new Map(own.map((looked) => [looked.machine.vm.ref, unaccepted(looked)])),
    tooLarge: tooLarge(demands, cloud),
    elsewhere: all.flatMap(({ machine: { state, wave } }) => (state === 'elsewhere' ? wave : [])),
    fullGroups: fullGroups(demands, cloud),
  };
  const { findings, notHeld, passed } = check(weighedBy(asked.site ?? noSiteRules, waveRules), facts);
  const rehearsal = {
    rehearsalVersion: 1 as const,
    takenAt: asked.takenAt,
    plan: asked.plan,
    wave: asked.wave,
    source: asked.sourceName,
    destination: asked.destination.connection.name,
    project: cloud.project,
    isOffline: asked.source === null,
    findings,
    notHeld: [...notHeld, ...besideWaves],
    passed,
    ...found,
  };
  return { ...rehearsal, verdict: verdictOf(findings), request: requestFor(rehearsal) };
}

function verdictOf(findings: Checked['findings']): Rehearsal['verdict'] {
  const has = (weight: Checked['findings'][number]['severity']): boolean =>
    findings.some(({ severity }) => severity === weight);
  return has('blocks') ? 'noGo' : has('warns') ? 'goWithCare' : 'go';
}

function rehearsed({ machine, findings, obstacle }: Looked, demand: Demand | undefined): RehearsedMachine {
  const { vm, wave, state, options } = machine;
  return {
    vm,
    wave,
    state,
    targetName: demand?.targetName ?? options.targetName ?? vm.name,
    sizeBytes: demand?.sizeBytes ?? 0,
    flavor: demand === undefined || demand.flavor.state === 'missing' ? null : demand.flavor.name,
    findings: [...findings],
    obstacle,
  };
}

/** They stop a migration as much as what blocks. */
function unaccepted({ machine: { options }, findings }: Looked): string[] {
  const { accept } = options;
  if (accept === 'all') return [];
  return findings.filter(({ id, severity }) => severity === 'warns' && !accept.includes(id)).map(({ id }) => id);
}
