/** Answers what is asked about assessments: judges in an engine, keeps what was found, and reads it again. */
import { version } from '../../package.json';
import type { EstateOrigin } from '../shared/assess-jobs.ts';
import {
  defaultAssessmentOptions,
  type AssessmentCloud,
  type AssessmentId,
  type AssessmentOptions,
  type AssessmentRate,
  type AssessmentSummary,
} from '../shared/assessment.ts';
import { compareAssessments, type Comparison } from '../shared/compare-assessments.ts';
import { GutsError } from '../shared/errors.ts';
import type { ParsedOf } from '../shared/operations.ts';
import type { AssessmentRow } from '../shared/operations/assessments.ts';
import { measuredOf, measuredRate } from '../shared/proposals/forecast.ts';
import { AssessmentStore } from '../store/assessments.ts';
import { Breather } from '../store/breather.ts';
import { UploadStore } from '../store/uploads.ts';
import { factsOf } from './destinations.ts';
import { siteRulesIn } from '../site-rules.ts';
import type { Parts, Some } from './handlers.ts';
import { inventoryOf } from './inventory.ts';
import { pageOf } from './paging.ts';

/** Migrations by which it is told how fast others will be. */
const MOST_MEASURED = 200;
const byName = new Intl.Collator('en', { numeric: true });

class NoOriginError extends GutsError {
  readonly code = 'assessment.no-origin';
  readonly remedy = 'Send the files of one export and name them, or name a source, but not both.';
}

type Names =
  | 'assessments.create'
  | 'assessments.list'
  | 'assessments.show'
  | 'assessments.machines'
  | 'assessments.report'
  | 'assessments.compare'
  | 'assessments.estate'
  | 'assessments.delete';

export function assessmentHandlers(parts: Parts): Some<Names> {
  const { connections, engines, dataDir } = parts;
  const store = new AssessmentStore(dataDir);
  const uploads = new UploadStore(dataDir);

  async function originOf(
    { files, source }: ParsedOf<'assessments.create'>,
    signal: AbortSignal,
  ): Promise<EstateOrigin> {
    if (files.length > 0 === (source !== null)) throw new NoOriginError('It is not said of what: files, or a source.');
    if (source !== null) return await liveOrigin(parts, source, signal);
    const paths: string[] = [];
    for (const id of files) paths.push(await uploads.pathOf(id));
    return { files: paths };
  }

  async function cloudOf(destination: string | null, signal: AbortSignal): Promise<AssessmentCloud | null> {
    if (destination === null) return null;
    const found = await connections.find('destination', destination);
    const { facts } = await factsOf(parts, found, false, signal);
    return { name: found.name, facts };
  }

  async function compared(id: AssessmentId, since: AssessmentId): Promise<Comparison> {
    const before = await store.read(since);
    return compareAssessments(before, await store.read(id));
  }

  return {
    'assessments.create': async (wish, { signal }) => {
      const of = await originOf(wish, signal);
      const cloud = await cloudOf(wish.destination, signal);
      const options = optionsOf(wish.options, await rateOf(parts, wish.options));
      const { id, files } = store.place();
      const site = await siteRulesIn(parts);
      const job = { kind: 'assess', of, cloud, options, site, version, anonymiseTo: null, keepAt: files } as const;
      const { summary } = await engines.run(job, signal);
      return { id, summary };
    },
    'assessments.list': async (page) => {
      const all = await store.list();
      const { page: rows, next } = pageOf(all, ({ id }) => id, page);
      return { assessments: rows.map(rowOf), next };
    },
    'assessments.show': async ({ id }) => ({ id, summary: await store.summary(id) }),
    'assessments.machines': async ({ id, readiness, text, rule, wave, ...page }) => {
      const { machines } = await store.read(id);
      const words = text?.toLowerCase();
      const breather = new Breather();
      const found: typeof machines = [];
      for (const one of machines) {
        if (breather.isDue) await breather.breathe();
        const { name, folder, cluster, guest } = one;
        if (readiness !== undefined && one.readiness !== readiness) continue;
        if (wave !== undefined && one.wave !== wave) continue;
        if (rule !== undefined && !one.findings.some((finding) => finding.id === rule)) continue;
        if (words !== undefined && ![name, folder, cluster, guest].some((own) => own?.toLowerCase().includes(words)))
          continue;
        found.push(one);
      }
      found.sort((a, b) => byName.compare(a.name, b.name) || byName.compare(a.ref, b.ref));
      const { page: rows, next } = pageOf(found, ({ ref }) => ref, page);
      return { machines: rows, total: found.length, next };
    },
    'assessments.report': async ({ id, since }) => {
      const assessment = await store.read(id);
      return since === undefined ? assessment : { ...assessment, comparison: await compared(id, since) };
    },
    'assessments.compare': async ({ id, since }) => await compared(id, since),
    'assessments.estate': async ({ id }) => await store.estate(id),
    'assessments.delete': async ({ id }) => {
      await store.remove(id);
      return { deleted: id };
    },
  };
}

function rowOf({
  id,
  summary,
}: {
  readonly id: AssessmentRow['id'];
  readonly summary: AssessmentSummary;
}): AssessmentRow {
  const { madeAt, estate, cloud, totals, readiness } = summary;
  return {
    id,
    madeAt,
    from: estate.from,
    kind: estate.kind,
    takenAt: estate.takenAt,
    cloud: cloud?.name ?? null,
    machines: totals.machines,
    readiness: {
      ready: readiness.ready.machines,
      conditional: readiness.conditional.machines,
      notReady: readiness.notReady.machines,
      unknown: readiness.unknown.machines,
    },
  };
}

/** Everything that the source was last seen to have, as text. */
async function liveOrigin(parts: Parts, nameOrId: string, signal: AbortSignal): Promise<EstateOrigin> {
  const source = await parts.connections.find('source', nameOrId);
  const inventory = await inventoryOf(parts, source, signal);
  const breather = new Breather();
  const lines: string[] = [];
  for (const row of inventory.rows) {
    if (breather.isDue) await breather.breathe();
    signal.throwIfAborted();
    const { kind, thing } = inventory.thing(row);
    lines.push(JSON.stringify({ [kind]: thing }));
  }
  const { name, about } = source;
  const product = about === null ? null : `${about.product} ${about.version}`;
  return { inventory: { source: name, product, takenAt: inventory.takenAt, lines } };
}

type Wish = ParsedOf<'assessments.create'>['options'];

function optionsOf(
  { growthPercent, boot, volumeTypes, machines, waves }: Wish,
  rate: AssessmentRate,
): AssessmentOptions {
  return { rate, growthPercent, boot, volumeTypes, machines, waves };
}

/** What was given, else what migrations before have had, else an assumption; it is said which. */
async function rateOf({ migrations }: Parts, { megabytesPerSecond, atOnce }: Wish): Promise<AssessmentRate> {
  if (megabytesPerSecond !== null) return { bytesPerSecond: megabytesPerSecond * 1e6, atOnce, basis: 'given' };
  const done = (await migrations.all()).filter(({ stage }) => stage === 'done').slice(0, MOST_MEASURED);
  const measured = measuredRate(done.flatMap((one) => measuredOf(one) ?? []));
  return measured === null
    ? { ...defaultAssessmentOptions.rate, atOnce }
    : { bytesPerSecond: measured, atOnce, basis: 'measured' };
}
