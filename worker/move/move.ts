/** Everything the engine does between a source and a destination. */
import type { Job, JobResults } from '../../main/shared/jobs.ts';
import type { MigrateJob, MoveJob, TidyJob, TidyResult } from '../../main/shared/move-jobs.ts';
import { testOpenstack } from '../destinations/openstack/probe.ts';
import { doctor } from '../doctor/doctor.ts';
import { writePapers } from '../doctor/papers/papers.ts';
import type { JobContext } from '../engine/job-context.ts';
import { cancelMigration } from '../engine/migrate/cancel.ts';
import { migrate, type MigrateTools } from '../engine/migrate/migrate.ts';
import { pauseMigration } from '../engine/migrate/pause.ts';
import { give, receive } from '../engine/migrate/hand-over.ts';
import { Shelf } from '../engine/migrate/shelf.ts';
import { OpenedSides } from '../engine/migrate/sides.ts';
import { tidySide } from '../engine/migrate/tidy.ts';
import { Truth } from '../engine/truth.ts';
import { certificateOf } from '../net/tls.ts';
import { rehearse } from '../rehearsal/rehearse-job.ts';
import { catalogue } from '../preflight/catalogue.ts';
import { fix } from './fix-job.ts';
import { inventory } from './inventory-job.ts';
import { watchLatency } from './latency-job.ts';
import { plan } from './plan-job.ts';
import { diagnoseSource, doorsTo, openDestination, openSource, testSource } from './sides.ts';

/** @throws GutsError */
export async function move(job: MoveJob, context: JobContext): Promise<JobResults[Job['kind']]> {
  const { signal } = context;
  switch (job.kind) {
    case 'certificate': {
      const { hostname, port } = new URL(job.url);
      return await certificateOf({ host: hostname, port: Number(port === '' ? 443 : port), proxy: job.proxy }, signal);
    }
    case 'source.test':
      return await testSource(job, signal);
    case 'source.diagnose':
      return await diagnoseSource(job, signal);
    case 'source.inventory':
      return await inventory(job, context);
    case 'source.latency':
      return await watchLatency(job, context);
    case 'destination.test':
      return await testOpenstack(job, signal);
    case 'destination.facts': {
      await using destination = await openDestination(job, signal);
      return await destination.facts(signal);
    }
    case 'rules':
      return catalogue();
    case 'plan': {
      await using sides = new OpenedSides(doorsTo(job));
      const { vm: _vm, ...planned } = await plan(job.request, await sides.both(signal), signal, job.site);
      return planned;
    }
    case 'rehearse':
      return await rehearse(job, signal);
    case 'fix': {
      await using sides = new OpenedSides(doorsTo(job));
      return await fix(job, await sides.both(signal), new Shelf(job.dataDir), signal);
    }
    case 'planned': {
      const shelf = new Shelf(job.dataDir);
      await shelf.put(job.request);
      return (await shelf.one(job.request.id)).record;
    }
    case 'migrate':
      return await migrate(job, toolsFor(job, context), context);
    case 'migrations': {
      const shelf = new Shelf(job.dataDir);
      const states = job.id === null ? await shelf.all() : [await shelf.one(job.id)];
      return states.map(({ record }) => record);
    }
    case 'migrations.page':
      return await new Shelf(job.dataDir).page(job.after);
    case 'journey': {
      const { record, vm, about } = await new Shelf(job.dataDir).one(job.id);
      return { record, vm, about };
    }
    case 'cancelMigration': {
      const { id, source, destination } = job;
      const shelf = shelfOf(job, context);
      const hasBoth = source !== null && destination !== null;
      const doors = hasBoth ? doorsTo({ source, destination }, shelf.truth?.mayChange) : null;
      return await cancelMigration(id, { shelf, doors }, signal);
    }
    case 'pauseMigration':
      return await pauseMigration(job.id, shelfOf(job, context), signal);
    case 'deleteMigration':
      await new Shelf(job.dataDir).forget(job.id);
      return null;
    case 'journal':
      return await new Shelf(job.dataDir).lines(job.id);
    case 'takeOver':
      await new Shelf(job.dataDir).replace(job.id, job.entries);
      return null;
    case 'give':
      return await give(job, new Shelf(job.dataDir));
    case 'receive':
      return await receive(job, new Shelf(job.dataDir));
    case 'keepEntry':
      return await new Shelf(job.dataDir).keep(job.id, job.entry, job.by);
    case 'letGo':
      await new Shelf(job.dataDir).letGo(job.thread);
      return null;
    case 'tidy':
      return await tidy(job, signal);
    case 'doctor':
      return await doctor(job, context);
    case 'doctor.papers':
      return await writePapers(job, signal);
  }
}

function shelfOf(job: Pick<MigrateJob, 'dataDir' | 'isKeptElsewhere'>, { askTruth, fenced }: JobContext): Shelf {
  return new Shelf(job.dataDir, job.isKeptElsewhere === true ? new Truth(askTruth, fenced) : null);
}

function toolsFor(job: MigrateJob, context: JobContext): MigrateTools {
  const shelf = shelfOf(job, context);
  return {
    shelf,
    doors: doorsTo(job, shelf.truth?.mayChange),
    plan: async (request, sides, signal) => await plan(request, sides, signal, job.site),
  };
}

async function tidy(job: TidyJob, signal: AbortSignal): Promise<TidyResult> {
  const { sources, destinations, dataDir } = job;
  const shelf = new Shelf(dataDir);
  const leftovers: TidyResult['leftovers'] = [];
  // The cloud's side first: what hangs on the source is often held by nothing else.
  for (const signIn of destinations) {
    await using side = await openDestination(signIn, signal);
    leftovers.push(...(await tidySide(signIn.connection.name, side, shelf, job, signal)));
  }
  for (const signIn of sources) {
    await using side = await openSource(signIn, signal);
    leftovers.push(...(await tidySide(signIn.connection.name, side, shelf, job, signal)));
  }
  return { leftovers };
}
