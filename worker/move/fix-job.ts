/** Does what can be done about a finding: looks again whether it is still there, then changes one side or tells the options. */
import { GutsError } from '../../main/shared/errors.ts';
import { MigrationId, tagOf } from '../../main/shared/migration.ts';
import type { FixJob, FixResult } from '../../main/shared/move-jobs.ts';
import type { Fix } from '../../main/shared/preflight.ts';
import { hasEnded } from '../../main/shared/stages.ts';
import type { Shelf } from '../engine/migrate/shelf.ts';
import type { Sides } from '../engine/migrate/sides.ts';
import { plan } from './plan-job.ts';

type Wish = Pick<FixJob, 'request' | 'finding' | 'isDry' | 'alsoUnknown' | 'site'>;
type Port = Extract<Fix, { kind: 'removePorts' }>['ports'][number];

/** @throws NoFindingError, NoFixError, PortInHandError, and what either side throws */
export async function fix(job: Wish, sides: Sides, shelf: Shelf, signal: AbortSignal): Promise<FixResult> {
  const { request, finding: id, isDry } = job;
  const { vm, findings } = await plan(request, sides, signal, job.site);
  const finding = findings.find((one) => one.id === id);
  if (finding === undefined) throw new NoFindingError(vm.name, id);
  if (finding.fix === undefined) throw new NoFixError(id, finding.remedy);
  const told = { finding: id, fix: finding.fix };
  switch (finding.fix.kind) {
    case 'options':
      return { ...told, calls: [], isDone: false };
    case 'trackChanges': {
      const { changeTracking } = sides.source;
      if (changeTracking === undefined) throw new NoFixError(id, finding.remedy);
      const calls = [...changeTracking.calls(vm)];
      if (!isDry) await changeTracking.turnOn(vm, tagOf(request.id), signal);
      return { ...told, calls, isDone: !isDry };
    }
    case 'removePorts': {
      const { ports } = finding.fix;
      for (const port of ports) await demandLeft(port, shelf, job.alsoUnknown);
      const calls = ports.map((port) => `DELETE /v2.0/ports/${port.id} (“${port.name}”)`);
      if (!isDry) for (const port of ports) await sides.destination.removeLeftPort(port, signal);
      return { ...told, calls, isDone: !isDry };
    }
  }
}

/** What made it is over, as far as anybody here knows. @throws PortInHandError */
async function demandLeft({ name }: Port, shelf: Shelf, alsoUnknown: boolean): Promise<void> {
  const migration = MigrationId.safeParse(/^guts-(mig_[0-9a-z]{12})/.exec(name)?.[1]).data;
  const record = migration === undefined ? undefined : (await shelf.find(migration))?.record;
  if (record === undefined) {
    if (!alsoUnknown) throw new PortInHandError(`No migration of this machine made the port “${name}”.`, UNKNOWN);
  } else if (record.given !== undefined) {
    const at = `which is at “${record.given.to.name}”`;
    throw new PortInHandError(`The port “${name}” belongs to ${record.request.id}, ${at}.`, ELSEWHERE);
  } else if (record.isRunning || !hasEnded(record.stage))
    throw new PortInHandError(`The port “${name}” belongs to ${record.request.id}, which has not ended.`, UNENDED);
}

const UNKNOWN = 'Make sure that no other machine is at work on it, then have what is unknown removed, too (--unknown).';
const UNENDED = 'Let that migration go on, or cancel it (“guts cancel ID”): that removes the port.';
const ELSEWHERE = 'Let that migration go on there, or cancel it there (“guts cancel ID”): that removes the port.';

class PortInHandError extends GutsError {
  readonly code = 'check.port-in-hand';
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

class NoFindingError extends GutsError {
  readonly code = 'check.no-finding';
  readonly remedy = 'Check the machine with the same options, and name one of the findings.';

  constructor(vmName: string, id: string) {
    super(`${id} finds nothing in “${vmName}” as it is now.`);
  }
}

class NoFixError extends GutsError {
  readonly code = 'check.no-fix';
  readonly remedy: string;

  constructor(id: string, remedy: string) {
    super(`Guts can do nothing about ${id} by itself here.`);
    this.remedy = remedy;
  }
}
