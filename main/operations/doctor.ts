/** Answers what is asked about the way from here to both sides. */
import { Redactor } from '../logs/redactor.ts';
import { DoctorPapers, DoctorReport, DoctorStep } from '../shared/doctor.ts';
import { GutsError } from '../shared/errors.ts';
import type { Parts, Some } from './handlers.ts';

class NowhereError extends GutsError {
  readonly code = 'doctor.nowhere';
  readonly remedy = 'Name a source (--source), a destination (--destination), or both.';

  constructor() {
    super('Nothing was named to look at.');
  }
}

export function doctorHandlers({
  dataDir,
  connections,
  signIns,
  engines,
  events,
}: Parts): Some<'doctor.run' | 'doctor.papers'> {
  return {
    'doctor.run': async ({ source, destination, vm, withSnapshot, writeTest, run }, { signal }) => {
      if (source === undefined && destination === undefined) throw new NowhereError();
      const from = source === undefined ? null : await signIns.source(source);
      const to = destination === undefined ? null : await signIns.destination(destination);
      const redactor = new Redactor();
      for (const signIn of [from, to]) if (signIn !== null) redactor.know(signIn.secret);
      const job = { source: from, destination: to, vm: vm ?? null, withSnapshot, writeTest, dataDir };
      const seen = await engines.run({ kind: 'doctor', ...job }, signal, {
        onStep: (step) => {
          if (run !== undefined) events.tell({ kind: 'doctor.step', run, step: redactor.redactIn(DoctorStep, step) });
        },
      });
      return redactor.redactIn(DoctorReport, seen); // whatever a server may say back
    },
    'doctor.papers': async ({ sources: from, destinations: to }, { signal }) => {
      const redactor = new Redactor();
      const sources = [];
      for (const one of from ?? (await connections.list('source')).map(({ id }) => id))
        sources.push(await signIns.source(one));
      const destinations = [];
      for (const one of to ?? (await connections.list('destination')).map(({ id }) => id))
        destinations.push(await signIns.destination(one));
      for (const { secret } of [...sources, ...destinations]) redactor.know(secret);
      const written = await engines.run({ kind: 'doctor.papers', sources, destinations }, signal);
      return redactor.redactIn(DoctorPapers, written);
    },
  };
}
